import { describe, expect, test } from "bun:test";
import { writeOutBounds } from "../exponential.ts";
import type { MetricRecord } from "../records.ts";
import { toAttributes } from "../testing/otlp.ts";
import { readMetricsJson } from "./json.ts";
import { readMetrics } from "./metrics.ts";

const POINT = { startTimeUnixNano: "1700000000000000001", timeUnixNano: "1700000000000000002" };

function read(metric: object): MetricRecord | undefined {
  const resource = { attributes: toAttributes({ "service.name": "front" }) };
  const scope = { name: "dice", version: "1" };
  return readMetrics(readMetricsJson({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] }))
    .items[0];
}

function pointValue(metric: object) {
  return read({ name: "m", ...metric })?.points[0]?.value;
}

test("a sum with every field", () => {
  const dataPoints = [{ ...POINT, asInt: "3", attributes: toAttributes({ "http.route": "/" }) }];
  const sum = { dataPoints, aggregationTemporality: 2, isMonotonic: true };
  expect(read({ name: "dice.rolled", unit: "{roll}", description: "Dice.", sum })).toEqual({
    resource: { service: "front", attributes: [] },
    scope: { name: "dice", version: "1", attributes: [] },
    name: "dice.rolled",
    unit: "{roll}",
    description: "Dice.",
    type: "sum",
    monotonic: true,
    temporality: "cumulative",
    points: [
      {
        attributes: [{ key: "http.route", type: "string", value: "/" }],
        startTime: 1_700_000_000_000_000_001n,
        time: 1_700_000_000_000_000_002n,
        value: { value: 3 },
        exemplars: [],
      },
    ],
  });
});

test("numbers that JSON cannot hold are text", () => {
  expect(pointValue({ gauge: { dataPoints: [{ asInt: "9007199254740993" }] } })).toEqual({ value: "9007199254740993" });
  expect(pointValue({ gauge: { dataPoints: [{ asDouble: "NaN" }] } })).toEqual({ value: "NaN" });
  expect(pointValue({ gauge: { dataPoints: [{}] } })).toEqual({ value: 0 });
});

test("a histogram with its buckets", () => {
  const point = { count: "3", sum: 0.6, min: 0.1, max: 0.3, explicitBounds: [0.1, 0.2], bucketCounts: ["1", "1", "1"] };
  expect(pointValue({ histogram: { dataPoints: [point], aggregationTemporality: 1 } })).toEqual({
    count: 3,
    sum: 0.6,
    min: 0.1,
    max: 0.3,
    bounds: [0.1, 0.2],
    counts: [1, 1, 1],
  });
  expect(pointValue({ histogram: { dataPoints: [{ count: 1 }] } })).toMatchObject({ sum: null, min: null, max: null });
});

test("a summary with its quantiles", () => {
  const point = { count: "2", sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] };
  expect(read({ name: "m", summary: { dataPoints: [point] } })).toMatchObject({
    type: "summary",
    points: [{ value: { count: 2, sum: 3, quantiles: [{ quantile: 0.5, value: 1 }] } }],
  });
});

test("a point that says that its series has stopped has no value", () => {
  for (const points of [
    { gauge: { dataPoints: [{ asInt: "1", flags: 1 }] } },
    { histogram: { dataPoints: [{ flags: 1 }] } },
  ]) {
    expect(read({ name: "m", ...points })?.points).toEqual([expect.objectContaining({ value: undefined })]);
  }
});

test("a metric without a name is refused, each of its points counted", () => {
  const metrics = [{ gauge: { dataPoints: [{}, {}] } }, { name: "good", gauge: { dataPoints: [{}] } }];
  const reading = readMetrics(readMetricsJson({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
  expect(reading.rejections).toEqual(["a metric must have a name", "a metric must have a name"]);
  expect(reading.items.map(({ name }) => name)).toEqual(["good"]);
});

describe("an exponential histogram becomes one with explicit bounds", () => {
  const exponential = (point: object) => {
    const value = pointValue({ exponentialHistogram: { dataPoints: [point] } });
    return value && "scale" in value ? writeOutBounds(value) : undefined;
  };

  test("scale 0 doubles from bucket to bucket", () => {
    const point = { count: "7", scale: 0, zeroCount: "1", positive: { offset: 0, bucketCounts: ["1", "2", "3"] } };
    // The zero bucket, (1, 2], (2, 4], (4, 8].
    expect(exponential(point)).toMatchObject({ bounds: [1, 2, 4, 8], counts: [1, 1, 2, 3, 0] });
  });

  test("a higher scale is finer, a lower one coarser, and the offset shifts", () => {
    const positive = { offset: -2, bucketCounts: [5, 6] };
    expect(exponential({ scale: 1, positive })).toMatchObject({
      bounds: [0.5, expect.closeTo(Math.SQRT1_2, 12), 1],
      counts: [0, 5, 6, 0],
    });
    expect(exponential({ scale: -1, positive })).toMatchObject({ bounds: [1 / 16, 1 / 4, 1] });
  });

  test("negative buckets come first, in reverse order", () => {
    const point = {
      scale: 0,
      zeroCount: "9",
      negative: { offset: 0, bucketCounts: ["1", "2"] },
      positive: { offset: 1, bucketCounts: ["3"] },
    };
    // [-4, -2), [-2, -1), the zero bucket, (2, 4].
    expect(exponential(point)).toMatchObject({ bounds: [-4, -2, -1, 2, 4], counts: [0, 2, 1, 9, 3, 0] });
  });

  test("without buckets it has the zero bucket", () => {
    expect(exponential({ zeroCount: "4" })).toMatchObject({ bounds: [], counts: [4] });
  });

  test("bounds beyond a double are the largest double", () => {
    expect(exponential({ scale: -10, positive: { offset: 5, bucketCounts: [1] } })).toMatchObject({
      bounds: [Number.MAX_VALUE, Number.MAX_VALUE],
    });
  });
});

test("an exemplar that names a span is kept, another is not", () => {
  const exemplar = {
    timeUnixNano: "5",
    asDouble: 0.5,
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "00f067aa0ba902b7",
  };
  const exemplars = [
    exemplar,
    { ...exemplar, traceId: "" },
    { ...exemplar, asDouble: undefined, asInt: "9007199254740993" },
  ];
  const found = { time: 5n, value: 0.5, traceId: exemplar.traceId, spanId: exemplar.spanId };
  for (const kind of ["histogram", "exponentialHistogram"]) {
    const dataPoints = [{ ...POINT, count: "1", bucketCounts: ["1"], exemplars }];
    expect(read({ name: "m", [kind]: { dataPoints } })?.points[0]?.exemplars).toEqual([
      found,
      { ...found, value: "9007199254740993" },
    ]);
  }
});
