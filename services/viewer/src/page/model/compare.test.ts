import { expect, test } from "bun:test";
import type { Span } from "@baton/trace-tree";
import { alignTraces, isChanged, ownChange } from "./compare.ts";
import { spanOf } from "./testing/span.ts";

function align(a: readonly Span[], b: readonly Span[]) {
  return alignTraces({ traceId: "a", spans: a }, { traceId: "b", spans: b });
}

const named = (name: string, id: string, parent: string | undefined, start: number, duration: number) =>
  spanOf(id, parent, { name, startMicros: start, durationMicros: duration });

test("spans of the same name under the same parent belong together, the first with the first", () => {
  const a = [named("root", "1", undefined, 0, 100), named("get", "2", "1", 10, 10), named("get", "3", "1", 30, 20)];
  const b = [named("root", "x", undefined, 0, 100), named("get", "z", "x", 50, 20), named("get", "y", "x", 5, 10)];
  expect(align(a, b).map((pair) => [pair.depth, pair.a?.span.spanId, pair.b?.span.spanId])).toEqual([
    [0, "1", "x"],
    [1, "2", "y"],
    [1, "3", "z"],
  ]);
});

test("what one of them does not have stands alone, with all that is below it", () => {
  const a = [named("root", "1", undefined, 0, 100), named("db", "2", "1", 10, 10), named("query", "3", "2", 11, 1)];
  const b = [named("root", "x", undefined, 0, 100), named("cache", "y", "x", 5, 10)];
  const pairs = align(a, b);
  expect(pairs.map((pair) => [pair.depth, pair.a?.span.name, pair.b?.span.name])).toEqual([
    [0, "root", "root"],
    [1, "db", undefined],
    [2, "query", undefined],
    [1, undefined, "cache"],
  ]);
  expect(pairs.map(isChanged)).toEqual([false, true, true, true]);
});

test("own time is that in which no child ran, so a slow child does not blame its parent", () => {
  const a = [named("root", "1", undefined, 0, 1000), named("db", "2", "1", 100, 300), named("db2", "3", "1", 200, 300)];
  const b = [
    named("root", "x", undefined, 0, 3000),
    named("db", "y", "x", 100, 2300),
    named("db2", "z", "x", 200, 300),
  ];
  const pairs = align(a, b);
  expect(pairs.map((pair) => [pair.a?.ownMicros, pair.b?.ownMicros])).toEqual([
    [600, 700],
    [300, 2300],
    [300, 300],
  ]);
  expect(pairs.map(ownChange)).toEqual([100, 2000, 0]);
  expect(pairs.map(isChanged)).toEqual([true, true, false]);
});

test("twenty thousand levels are no problem", () => {
  const chain = Array.from({ length: 20_000 }, (_, at) => spanOf(`${at}`, at === 0 ? undefined : `${at - 1}`));
  expect(align(chain, chain)).toHaveLength(20_000);
});
