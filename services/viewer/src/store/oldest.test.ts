import { expect, test } from "bun:test";
import { createTakeOldest } from "./oldest.ts";

test("entries come out in the order in which they went in, however that is mixed with putting in", () => {
  const map = new Map<string, string>();
  const take = createTakeOldest(map);
  expect(take()).toBeUndefined();
  for (const key of ["a", "b", "c"]) map.set(key, key);
  expect(take()).toBe("a");
  // Deleted and put in again: the newest now.
  map.delete("b");
  map.set("b", "b");
  map.set("d", "d");
  expect([take(), take(), take(), take()]).toEqual(["c", "b", "d", undefined]);
  map.set("a", "again");
  expect([take(), take(), map.size]).toEqual(["again", undefined, 0]);
});
