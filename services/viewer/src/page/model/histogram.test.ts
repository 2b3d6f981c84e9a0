import { describe, expect, test } from "bun:test";
import { filledRange, mean, percentile } from "./histogram.ts";

const even = { count: 10, sum: 50, bounds: [5, 10], counts: [5, 5, 0] };

describe("percentile", () => {
  test("assumes that values are spread evenly in a bucket", () => {
    expect(percentile(even, 0.5)).toBe(5);
    expect(percentile(even, 0.25)).toBe(2.5);
    expect(percentile(even, 0.9)).toBeCloseTo(9);
  });
  test("is never outside of the smallest and the largest value", () => {
    expect(percentile({ ...even, min: 4, max: 6 }, 0)).toBe(4);
    expect(percentile({ ...even, min: 4, max: 6 }, 0.25)).toBe(4.5);
    expect(percentile({ ...even, min: 4, max: 6 }, 1)).toBe(6);
  });
  test("of the last bucket, which has no end, is its known maximum or its lower bound", () => {
    const over = { count: 2, sum: 100, bounds: [5, 10], counts: [0, 0, 2] };
    expect(percentile(over, 0.99)).toBe(10);
    expect(percentile({ ...over, max: 60 }, 1)).toBe(60);
  });
  test("of one single value is that value", () => {
    const one = { count: 1, sum: 0.014, bounds: [0.01, 0.025], counts: [0, 1, 0], min: 0.014, max: 0.014 };
    expect(percentile(one, 0.5)).toBe(0.014);
    expect(percentile(one, 0.99)).toBe(0.014);
  });
  test("of a histogram without bounds is its mean or between its ends", () => {
    expect(percentile({ count: 4, sum: 8, bounds: [], counts: [4] }, 1)).toBe(2);
    expect(percentile({ count: 4, sum: 8, bounds: [], counts: [4], min: 1, max: 3 }, 0.5)).toBe(2);
  });
  test("of an empty histogram is undefined", () => {
    expect(percentile({ count: 0, bounds: [5], counts: [0, 0] }, 0.5)).toBeUndefined();
    expect(percentile({ count: 0, bounds: [], counts: [] }, 0.5)).toBeUndefined();
  });
  test("skips empty buckets", () => {
    expect(percentile({ count: 2, bounds: [1, 2, 3], counts: [1, 0, 1, 0] }, 0.5)).toBe(1);
    expect(percentile({ count: 2, bounds: [1, 2, 3], counts: [0, 0, 2, 0] }, 0)).toBe(2);
  });
});

test("the mean needs a sum and a value", () => {
  expect(mean(even)).toBe(5);
  expect(mean({ count: 3, bounds: [], counts: [3] })).toBeUndefined();
  expect(mean({ count: 0, sum: 0, bounds: [], counts: [0] })).toBeUndefined();
});

test("only the filled buckets are drawn, with a neighbour on either side", () => {
  expect(filledRange({ count: 2, bounds: [1, 2, 3, 4], counts: [0, 0, 2, 0, 0] })).toEqual([1, 4]);
  expect(filledRange({ count: 2, bounds: [1], counts: [1, 1] })).toEqual([0, 2]);
  expect(filledRange({ count: 0, bounds: [1], counts: [0, 0] })).toEqual([0, 0]);
});
