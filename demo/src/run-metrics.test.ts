import { describe, expect, test } from "bun:test";
import type { MetricAnswer, SeriesAnswer } from "@baton/viewer/answers";
import { createMetricTotals } from "./run-metrics.ts";

const begin = 1_000n;

function metric(name: string, series: readonly SeriesAnswer[], service = "back"): MetricAnswer {
  return { service, name, unit: "", description: "", type: "", series };
}

interface Calls {
  readonly counts: readonly number[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

function calls(start: bigint, method: string, { counts, ...rest }: Calls): SeriesAnswer {
  const count = counts.reduce((a, b) => a + b, 0);
  const attributes = [{ key: "rpc.method", value: method }];
  return { startTimeUnixNano: String(start), attributes, bounds: [1, 2], count: String(count), counts, ...rest };
}

function spans(start: bigint, value: number, errorType?: string): SeriesAnswer {
  const attributes = errorType === undefined ? [] : [{ key: "error.type", value: errorType }];
  return { startTimeUnixNano: String(start), attributes, value };
}

const quick = { counts: [2, 0, 0], sum: 1, min: 0.4, max: 0.6 };
const slow = { counts: [0, 1, 1], sum: 6, min: 1.5, max: 4.5 };

describe("durations", () => {
  test("all series of a metric are one row; other metrics have no row", () => {
    const totals = createMetricTotals(begin);
    const series = [calls(begin, "Roll", quick), calls(begin, "StreamRolls", slow)];
    totals.add([metric("rpc.server.call.duration", series), metric("http.server.active_requests", series)]);
    const histogram = { bounds: [1, 2], counts: [2, 1, 1], count: 4, sum: 7, min: 0.4, max: 4.5 };
    expect(totals.read().durations).toEqual([{ service: "back", metric: "rpc.server.call.duration", histogram }]);
  });

  test("a newer answer of a process replaces the old one; the next process of the service is added", () => {
    const totals = createMetricTotals(begin);
    totals.add([metric("rpc.server.call.duration", [calls(begin, "Roll", quick)])]);
    totals.add([metric("rpc.server.call.duration", [calls(begin, "Roll", quick)])]);
    expect(totals.read().durations.map(({ histogram }) => histogram.count)).toEqual([2]);
    totals.add([metric("rpc.server.call.duration", [calls(begin + 5n, "Roll", slow)])]);
    expect(totals.read().durations.map(({ histogram }) => histogram.count)).toEqual([4]);
  });

  test("series that began before the run are left out", () => {
    const totals = createMetricTotals(begin);
    totals.add([metric("rpc.server.call.duration", [calls(begin - 1n, "Roll", quick)])]);
    expect(totals.read()).toEqual({ durations: [], spans: [] });
  });

  test("rows are in the order in which a request passes them", () => {
    const totals = createMetricTotals(begin);
    const one = [calls(begin, "Roll", quick)];
    totals.add([
      metric("rpc.server.call.duration", one),
      metric("rpc.client.call.duration", one, "front"),
      metric("http.server.request.duration", one, "front"),
    ]);
    expect(totals.read().durations.map(({ service, metric: name }) => `${service} ${name}`)).toEqual([
      "front http.server.request.duration",
      "front rpc.client.call.duration",
      "back rpc.server.call.duration",
    ]);
  });
});

test("spans that were not exported are dropped, whether the export failed or the queue was full", () => {
  const totals = createMetricTotals(begin);
  totals.add([
    metric("otel.sdk.exporter.span.exported", [spans(begin, 22), spans(begin, 3, "503")]),
    metric("otel.sdk.processor.span.processed", [spans(begin, 25), spans(begin, 4, "queue_full")]),
  ]);
  expect(totals.read().spans).toEqual([{ service: "back", exported: 22, dropped: 7 }]);
});
