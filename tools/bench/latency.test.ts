import { expect, test } from "bun:test";
import { differenceTo, latencySeconds, summarizeLatency } from "./latency.ts";

const slice = (round: number, ...latencies: number[]) => ({ round, latencies: Float64Array.from(latencies) });

test("the quantiles are those of all requests, and not the mean of the slices", () => {
  const { requests, p50, p99, slices } = summarizeLatency([slice(0, 1, 1, 1), slice(1, 1, 1, 101)]);
  expect(requests).toBe(6);
  expect(p50).toBe(1);
  expect(p99).toBeCloseTo(96);
  expect(slices.map(({ round, p50 }) => [round, p50])).toEqual([
    [0, 1],
    [1, 1],
  ]);
});

test("a variant is compared with the bare one of the same rounds", () => {
  const bare = summarizeLatency([slice(0, 1), slice(1, 50), slice(2, 1)]);
  const other = summarizeLatency([slice(0, 3), slice(2, 3)]);
  expect(differenceTo(bare, other, "p50")).toEqual({ difference: 2, spread: [2, 2] });
});

test("the variants that are judged run in each round, the others in one of five", () => {
  const judged = new Set(["bare", "traced"]);
  const plan = { requestsPerSecond: 100, seconds: 100, judged };
  expect(latencySeconds(["bare", "traced", "plain"], plan)).toBe(100 + 100 + 20);
  expect(latencySeconds(["bare", "plain"], { ...plan, seconds: 3 })).toBe(6);
});
