import { expect, test } from "bun:test";
import type { Meter } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { nameUnits } from "./prometheus.ts";

class ManualReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The first line of the page that has a value. */
async function firstSeries(record: (meter: Meter) => void): Promise<string | undefined> {
  const reader = new ManualReader();
  const provider = new MeterProvider({ readers: [reader] });
  record(provider.getMeter("test"));
  const { resourceMetrics } = await reader.collect();
  await provider.shutdown();
  const page = new PrometheusSerializer(undefined, false, undefined, true, true).serialize(nameUnits(resourceMetrics));
  return page.split("\n").find((line) => line !== "" && !line.startsWith("#"));
}

const histogram = (name: string, unit: string) => (meter: Meter) => meter.createHistogram(name, { unit }).record(1);
const counter = (name: string, unit: string) => (meter: Meter) => meter.createCounter(name, { unit }).add(1);
const gauge = (name: string, unit: string) => (meter: Meter) => meter.createGauge(name, { unit }).record(1);

/** @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1 */
test.each([
  ["the unit in words", histogram("http.server.request.duration", "s"), "http_server_request_duration_seconds_count 1"],
  ["a counter's before its own ending", counter("io", "By"), "io_bytes_total 1"],
  ["a counter's that has the ending already", counter("io_total", "By"), "io_bytes_total 1"],
  ["no unit twice", gauge("cpu_seconds", "s"), "cpu_seconds 1"],
  ["no remark in braces", counter("otel.sdk.span.started", "{span}"), "otel_sdk_span_started_total 1"],
  ["one thing per another", gauge("disk", "By/s"), "disk_bytes_per_second 1"],
  ["a remark per unit", gauge("packets", "{packet}/s"), "packets_per_second 1"],
  ["ratio, for a gauge without dimension", gauge("load", "1"), "load_ratio 1"],
  ["nothing, for a counter without dimension", counter("calls", "1"), "calls_total 1"],
  ["nothing, where there is no unit", counter("calls", ""), "calls_total 1"],
  ["an unknown unit as it is", gauge("price", "EUR"), "price_EUR 1"],
])("the name has %s", async (_, record, expected) => {
  expect(await firstSeries(record)).toBe(expected);
});
