import { expect, test } from "bun:test";
import { createBounded } from "./bounded.ts";

function start(limits: { readonly maxItems?: number; readonly maxBytes?: number }) {
  const gone: string[] = [];
  const onDrop = (item: string) => gone.push(item);
  const bounded = createBounded<string, string>({ maxItems: 100, maxBytes: 1000, ...limits, onDrop });
  const put = (key: string, bytes: number) => bounded.put(key, key, bytes);
  return { bounded, gone, put };
}

test("by number: the oldest item is dropped first", () => {
  const { bounded, gone, put } = start({ maxItems: 2 });
  for (const key of ["a", "b", "c", "d"]) put(key, 1);
  expect(bounded.items()).toEqual(["c", "d"]);
  expect(gone).toEqual(["a", "b"]);
  expect(bounded).toMatchObject({ size: 2, bytes: 2, dropped: 2 });
});

test("by bytes: as many items are dropped as needed, also the new one if it alone is too large", () => {
  const { bounded, gone, put } = start({ maxBytes: 10 });
  for (const key of ["a", "b", "c"]) put(key, 3);
  put("d", 7);
  expect(gone).toEqual(["a", "b"]);
  put("e", 11);
  expect(gone).toEqual(["a", "b", "c", "d", "e"]);
  expect(bounded).toMatchObject({ size: 0, bytes: 0, dropped: 5 });
  put("f", 10);
  expect(bounded).toMatchObject({ size: 1, bytes: 10 });
});

test("an item that grows keeps its place; one that is removed and added again is the newest", () => {
  const { bounded, gone, put } = start({ maxBytes: 10 });
  for (const key of ["a", "b", "c"]) put(key, 2);
  put("a", 4);
  bounded.remove("b");
  put("b", 2);
  expect(bounded).toMatchObject({ size: 3, bytes: 8 });
  put("d", 4);
  put("e", 4);
  expect(gone).toEqual(["a", "c"]);
  expect(bounded.items()).toEqual(["b", "d", "e"]);
  expect([bounded.get("b"), bounded.get("a")]).toEqual(["b", undefined]);
});

test("removing an item that does not exist changes nothing", () => {
  const { bounded, put } = start({});
  put("a", 5);
  bounded.remove("x");
  expect(bounded).toMatchObject({ size: 1, bytes: 5, dropped: 0 });
});
