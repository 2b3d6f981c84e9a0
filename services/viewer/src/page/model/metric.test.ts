import { describe, expect, test } from "bun:test";
import { describeMetric, filterMetrics, type MetricAnswer, readSeries, seriesNotes, weight } from "./metric.ts";

const attributes = [{ key: "http.route", value: "/rolldice" }];

describe("readSeries", () => {
  test("reads a number, also as text", () => {
    expect(readSeries({ attributes, value: 0 })).toEqual({ is: "number", value: 0 });
    expect(readSeries({ attributes, value: "12345678901234567890" })).toMatchObject({ value: "12345678901234567890" });
  });
  test("reads a histogram, without the ends that were not recorded", () => {
    const series = { attributes, count: "3", sum: 4.5, min: null, max: null, bounds: [1, 2], counts: [1, "1", 1] };
    const histogram = { count: 3, sum: 4.5, bounds: [1, 2], counts: [1, 1, 1], min: undefined, max: undefined };
    expect(readSeries(series)).toEqual({ is: "histogram", histogram });
    expect(weight(series)).toBe(3);
  });
  test("reads a summary", () => {
    const quantiles = [{ quantile: 0.5, value: 2 }];
    expect(readSeries({ attributes, count: 7, sum: 9, quantiles })).toEqual({ is: "summary", count: 7, quantiles });
  });
});

test("metrics are found by name, service and attributes", () => {
  const metric: MetricAnswer = {
    service: "front",
    name: "http.server.request.duration",
    unit: "s",
    description: "How long",
    type: "histogram",
    series: [{ attributes, value: 1 }],
  };
  const found = (typed: string) => filterMetrics([metric], typed).length === 1;
  expect([found(""), found("FRONT duration"), found("route=/roll"), found("back")]).toEqual([true, true, true, false]);
});

test("a metric says what its numbers mean, and a series what they leave out", () => {
  const metric = { service: "front", name: "m", unit: "s", description: "", type: "sum", series: [] };
  expect(describeMetric({ ...metric, temporality: "delta" })).toBe("sum, delta, added up, in s");
  expect(describeMetric({ ...metric, temporality: "cumulative", unit: "{request}" })).toBe(
    "sum, cumulative, in request",
  );
  expect(describeMetric({ ...metric, temporality: "unspecified", unit: "" })).toBe("sum, unspecified");
  expect(describeMetric({ ...metric, type: "gauge", temporality: "unspecified", unit: "1" })).toBe("gauge");
  const gap = { fromUnixNano: "1", toUnixNano: "2" };
  expect(seriesNotes({ attributes: [], restarts: 2, gaps: [gap], stopped: true })).toEqual([
    "restarted 2 times",
    "1 gap, in which nothing came",
    "stopped: its sender says that no more comes",
  ]);
  expect(seriesNotes({ attributes: [], restarts: 0, gaps: [] })).toEqual([]);
});
