import { expect, test } from "bun:test";
import { type MapCall, placeNodes } from "./service-map.ts";

function placesOf(...pairs: readonly (readonly [from: string, to: string])[]) {
  const nodes = [...new Set(pairs.flat())].sort().map((name) => ({ name, spans: 1, errors: 0 }));
  const calls = pairs.map(
    ([from, to]): MapCall => ({ from, to, over: "", count: 1, errors: 0, median: 1, p95: 1, max: 1 }),
  );
  return Object.fromEntries([...placeNodes({ nodes, calls })].map(([name, { layer, slot }]) => [name, [layer, slot]]));
}

test("a callee stands behind all of its callers", () => {
  expect(placesOf(["a", "d"], ["a", "b"], ["b", "c"], ["c", "d"])).toEqual({
    a: [0, 0],
    b: [1, 0],
    c: [2, 0],
    d: [3, 0],
  });
});

test("those of one layer stand near their callers", () => {
  expect(placesOf(["left", "y"], ["right", "x"])).toEqual({
    left: [0, -0.5],
    right: [0, 0.5],
    y: [1, -0.5],
    x: [1, 0.5],
  });
});

test("a circle and a call to oneself are drawn, too", () => {
  expect(placesOf(["a", "b"], ["b", "c"], ["c", "b"], ["c", "c"])).toEqual({ a: [0, 0], b: [1, 0], c: [2, 0] });
  expect(placesOf(["a", "b"], ["b", "a"])).toEqual({ a: [0, 0], b: [1, 0] });
});
