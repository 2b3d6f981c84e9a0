import { expect, test } from "bun:test";
import { metricRecord } from "../testing/records.ts";
import { createMetricStore } from "./metric-store.ts";

const LARGE = 1_000_000;

function values(store: ReturnType<typeof createMetricStore>) {
  return store
    .all()
    .map(({ name, series }) => [name, series.map(({ value }) => (value && "value" in value ? value.value : "?"))]);
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

test("a series is told apart by all that its numbers depend on", () => {
  const store = createMetricStore({ maxSeries: 100, maxBytes: LARGE });
  const metric = metricRecord("m", ["a", 1]);
  const instance = (value: string) => [{ key: "service.instance.id", type: "string", value } as const];
  const others = [
    metric,
    { ...metric, resource: { service: "front", attributes: instance("1") } },
    { ...metric, resource: { service: "front", attributes: instance("2") } },
    { ...metric, scope: { name: "dice", version: "", attributes: [] } },
    { ...metric, scope: { name: "dice", version: "2", attributes: [] } },
    { ...metric, scope: { name: "dice", version: "", attributes: instance("1") } },
    { ...metric, name: "n" },
    { ...metric, unit: "s" },
    { ...metric, type: "gauge" as const },
    { ...metric, temporality: "delta" as const },
    { ...metric, monotonic: false },
    metricRecord("m", ["b", 1]),
  ];
  for (const _again of [1, 2]) for (const other of others) store.add(structuredClone(other));
  expect(store.stats()).toMatchObject({ metrics: others.length - 1, series: others.length });
});

test("a new description is the metric's, and no new series", () => {
  const store = createMetricStore({ maxSeries: 10, maxBytes: LARGE });
  store.add(metricRecord("m", ["a", 1]));
  store.add({ ...metricRecord("m", ["a", 2, 2n]), description: "what it is" });
  expect(store.all().map(({ description, series }) => [description, series.length])).toEqual([["what it is", 1]]);
});

test("as many new names as are kept cost time in proportion, and leave nothing behind", () => {
  const store = createMetricStore({ maxSeries: 10_000, maxBytes: 100 * LARGE });
  const resource = {
    service: "front",
    attributes: [{ key: "k", type: "string" as const, value: "x".repeat(100_000) }],
  };
  const begun = performance.now();
  for (let number = 0; number < 30_000; number += 1) store.add({ ...metricRecord(`m${number}`, ["a", 1]), resource });
  // 8 s when each name that went was looked for among all the others.
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(store.stats()).toMatchObject({ metrics: 10_000, series: 10_000, dropped: 20_000 });
});
