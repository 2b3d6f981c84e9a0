import { expect, test } from "bun:test";
import { timelinesOf } from "./timeline.ts";

const series = (...history: [number, number | null, number | null][]) => ({ attributes: [], history });

test("what is counted is drawn as how much came in a second, also after it began anew", () => {
  const [line] = timelinesOf(
    { type: "sum", monotonic: true, unit: "By" },
    series([0, 0, null], [2000, 10, null], [3000, 4, null]),
  );
  expect(line).toEqual({
    of: "per second",
    unit: "By",
    steps: [
      { from: 0, to: 2000, value: 5 },
      { from: 2000, to: 3000, value: 4 },
    ],
  });
});

test("a histogram has its percentile too, with a hole where nothing came", () => {
  const lines = timelinesOf(
    { type: "histogram", unit: "s" },
    series([0, 0, null], [1000, 2, 0.5], [2000, 2, null], [3000, 3, 0.1]),
  );
  expect(lines.map(({ of, unit, steps }) => [of, unit, ...steps.map(({ value }) => value)])).toEqual([
    ["per second", "", 2, 0, 1],
    ["95 %", "s", 0.5, 0.1],
  ]);
});

test("a gauge is drawn as it is, and one value is no line", () => {
  const gauge = { type: "gauge", unit: "" };
  expect(timelinesOf(gauge, series([0, 1, null], [1000, 2, null]))).toEqual([]);
  expect(timelinesOf(gauge, series([0, 1, null], [1000, 2, null], [2000, -3, null]))[0]?.steps).toEqual([
    { from: 0, to: 1000, value: 2 },
    { from: 1000, to: 2000, value: -3 },
  ]);
});
