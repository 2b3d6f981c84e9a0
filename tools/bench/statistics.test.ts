import { expect, test } from "bun:test";
import { lineThrough, median, quantile, quantiles, spread } from "./statistics.ts";

test("the median and the quartiles lie between the values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
  expect(quantiles(Float64Array.of(30, 10, 20), [0, 0.5, 1])).toEqual([10, 20, 30]);
  expect(spread([1, 2, 3, 4, 5])).toEqual([2, 4]);
});

test("a straight line has its slope and its intercept, and no point is away from it", () => {
  const line = lineThrough([1, 4, 16, 64].map((x) => ({ x, y: 7 + 2 * x })));
  expect(line.slope).toBeCloseTo(2);
  expect(line.intercept).toBeCloseTo(7);
  expect(line.deviation).toBeCloseTo(0);
  expect(line.margin).toBeCloseTo(0);
});

test("noise widens the margin", () => {
  const noisy = [0, 1, 2, 3, 4].map((x) => ({ x, y: 7 + 2 * x + (x % 2) }));
  expect(lineThrough(noisy).margin).toBeGreaterThan(0.1);
});

test("a cost that grows with each step is away from its line", () => {
  // The line through (0, 0), (1, 1), (2, 4) is 2x - 1/3.
  const curve = lineThrough([0, 1, 2].map((x) => ({ x, y: x * x })));
  expect(curve.slope).toBeCloseTo(2);
  expect(curve.intercept).toBeCloseTo(-1 / 3);
  expect(curve.deviation).toBeCloseTo(2 / 3);
});
