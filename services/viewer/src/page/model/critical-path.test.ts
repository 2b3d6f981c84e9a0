import { expect, test } from "bun:test";
import { buildTree } from "@baton/trace-tree";
import { criticalPath, lengthOf } from "./critical-path.ts";
import type { Stretch } from "./layout.ts";
import { spanOf } from "./testing/span.ts";

function pathOf(...spans: readonly (readonly [id: string, parent: string | undefined, start: number, end: number])[]) {
  const tree = buildTree({
    traceId: "t",
    spans: spans.map(([id, parentId, start, end]) =>
      spanOf(id, parentId, { startMicros: start, durationMicros: end - start }),
    ),
  });
  const say = ({ start, duration }: Stretch) => `${start}-${start + duration}`;
  return Object.fromEntries(
    [...criticalPath(tree.roots[0])].map(([id, parts]) => [id, parts.map(say).reverse().join(" ")]),
  );
}

test("one span is its own path", () => {
  expect(pathOf(["a", undefined, 0, 10])).toEqual({ a: "0-10" });
});

test("of children one after the other each is on it, with the time between them", () => {
  expect(pathOf(["a", undefined, 0, 100], ["b", "a", 10, 40], ["c", "a", 50, 90])).toEqual({
    a: "0-10 40-50 90-100",
    b: "10-40",
    c: "50-90",
  });
});

test("of children at the same time only the one that ended last is on it", () => {
  expect(pathOf(["a", undefined, 0, 100], ["b", "a", 10, 60], ["c", "a", 10, 90])).toEqual({
    a: "0-10 90-100",
    c: "10-90",
  });
});

test("a child that outlives its parent counts to its end, and one that starts later does not", () => {
  expect(pathOf(["a", undefined, 0, 100], ["b", "a", 50, 150])).toEqual({ a: "0-50", b: "50-100" });
  expect(pathOf(["a", undefined, 0, 100], ["b", "a", 120, 150])).toEqual({ a: "0-100" });
});

test("its length is that of the first span, however deep the trace is", () => {
  const chain = Array.from({ length: 20_000 }, (_, at) =>
    spanOf(`${at}`, at === 0 ? undefined : `${at - 1}`, { startMicros: at, durationMicros: 50_000 - 2 * at }),
  );
  const path = criticalPath(buildTree({ traceId: "t", spans: chain }).roots[0]);
  expect([...path.values()].reduce((sum, parts) => sum + lengthOf(parts), 0)).toBe(50_000);
});
