import { expect, test } from "bun:test";
import { metricRecord } from "../testing/records.ts";
import { createMetricStore } from "./metric-store.ts";

const LARGE = 1_000_000;

function values(store: ReturnType<typeof createMetricStore>) {
  return store
    .all()
    .map(({ name, points }) => [name, points.map(({ value }) => ("value" in value ? value.value : "?"))]);
}

test("the latest point of each series is stored", () => {
  const store = createMetricStore({ maxSeries: 10, maxBytes: LARGE });
  store.add(metricRecord("m", ["a", 1, 1n], ["b", 2, 1n]));
  store.add(metricRecord("m", ["a", 3, 2n]));
  expect(values(store)).toEqual([["m", [2, 3]]]);
  expect(store.stats()).toMatchObject({ metrics: 1, series: 2, dropped: 0 });
});

test("a batch that arrives late does not replace a newer point", () => {
  const store = createMetricStore({ maxSeries: 10, maxBytes: LARGE });
  store.add(metricRecord("m", ["a", 3, 2n]));
  store.add(metricRecord("m", ["a", 1, 1n]));
  expect(values(store)).toEqual([["m", [3]]]);
});

test("attributes in another order are the same series", () => {
  const store = createMetricStore({ maxSeries: 10, maxBytes: LARGE });
  const [x, y] = ["x", "y"].map((key) => ({ key, type: "string", value: "v" }) as const);
  const metric = metricRecord("m", ["a", 1]);
  const points = [
    [x, y],
    [y, x],
  ].map((attributes) => ({ ...metric.points[0], attributes }));
  store.add({ ...metric, points: points as typeof metric.points });
  expect(store.stats().series).toBe(1);
});

test("the series without a point for the longest time is dropped first, and its metric with it", () => {
  const store = createMetricStore({ maxSeries: 2, maxBytes: LARGE });
  store.add(metricRecord("quiet", ["a", 1]));
  store.add(metricRecord("busy", ["a", 1]));
  store.add(metricRecord("quiet", ["a", 2, 2n]));
  store.add(metricRecord("new", ["a", 1]));
  expect(values(store)).toEqual([
    ["new", [1]],
    ["quiet", [2]],
  ]);
  expect(store.stats()).toMatchObject({ metrics: 2, series: 2, dropped: 1 });
});

test("bytes are bounded, with names and descriptions", () => {
  const maxBytes = 50_000;
  const store = createMetricStore({ maxSeries: LARGE, maxBytes });
  for (let index = 0; index < 200; index += 1) {
    store.add({ ...metricRecord(`m${index}`, ["a", 1]), description: "x".repeat(2000) });
    expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes);
    expect(store.stats().metrics).toBe(store.stats().series);
  }
  expect(store.stats().series).toBeGreaterThan(1);
});

test("a metric without points stores nothing", () => {
  const store = createMetricStore({ maxSeries: 10, maxBytes: LARGE });
  store.add(metricRecord("empty"));
  expect(store.stats()).toMatchObject({ metrics: 0, series: 0, bytes: 0 });
});
