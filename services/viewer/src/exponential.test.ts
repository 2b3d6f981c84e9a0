import { expect, test } from "bun:test";
import { addBuckets, writeOutBounds } from "./exponential.ts";
import type { ExponentialValue } from "./records.ts";

function exponential(scale: number, offset: number, counts: readonly number[], negative = [] as readonly number[]) {
  const value: ExponentialValue = {
    count: 0,
    sum: null,
    min: null,
    max: null,
    scale,
    zeroCount: 1n,
    positive: { offset, counts: counts.map(BigInt) },
    negative: { offset: 0, counts: negative.map(BigInt) },
  };
  return value;
}

function added(a: ExponentialValue, b: ExponentialValue) {
  const { bounds, counts } = writeOutBounds({ ...a, ...addBuckets(a, b) });
  return { bounds, counts };
}

test("buckets of one scale are added where they lie", () => {
  expect(added(exponential(0, 0, [1, 2]), exponential(0, 1, [10, 20], [5]))).toEqual({
    bounds: [-2, -1, 1, 2, 4, 8],
    counts: [0, 5, 2, 1, 12, 20, 0],
  });
});

test("of two scales the coarser one is taken, below 1 as above", () => {
  // Scale 1 has two buckets where scale 0 has one: (1/2, 1], (1, 2], (2, 4].
  expect(added(exponential(1, -2, [1, 2, 3, 4, 5]), exponential(0, 0, [10]))).toEqual({
    bounds: [0.5, 1, 2, 4],
    counts: [2, 3, 17, 5, 0],
  });
});

test("what lies far apart gets coarser buckets and not more memory", () => {
  const { scale, positive } = addBuckets(exponential(10, -2_000_000, [1]), exponential(10, 2_000_000, [1]));
  expect(positive.counts.length).toBeLessThanOrEqual(320);
  expect(positive.counts.reduce((sum, count) => sum + count, 0n)).toBe(2n);
  expect(scale).toBeLessThan(0);
});
