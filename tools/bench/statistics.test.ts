import { expect, test } from "bun:test";
import { median, quantile, slopeOf, spread } from "./statistics.ts";

test("the median and the quartiles lie between the values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
  expect(spread([1, 2, 3, 4, 5])).toEqual([2, 4]);
});

test("a straight line has its slope, and noise widens the margin", () => {
  const line = [0, 1, 2, 3, 4].map((x) => ({ x, y: 7 + 2 * x }));
  expect(slopeOf(line).slope).toBeCloseTo(2);
  expect(slopeOf(line).margin).toBeCloseTo(0);
  const noisy = line.map(({ x, y }) => ({ x, y: y + (x % 2) }));
  expect(slopeOf(noisy).margin).toBeGreaterThan(0.1);
});
