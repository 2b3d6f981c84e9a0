import { expect, test } from "bun:test";
import type { MeterProvider } from "@opentelemetry/api";
import { AggregationTemporality, MetricReader, MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { summingMeters } from "./self-observability.ts";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function start(temporality: AggregationTemporality, wrap: (provider: MeterProvider) => MeterProvider) {
  const reader = new Reader({ aggregationTemporalitySelector: () => temporality });
  const meter = wrap(new SdkMeterProvider({ readers: [reader] })).getMeter("sdk", "1");
  const counter = meter.createCounter("started", { unit: "{span}", description: "Started." });
  const live = meter.createUpDownCounter("live", { unit: "{span}", description: "Live." });
  const collect = async () => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope: scope.name,
      metrics: metrics.map(({ descriptor: { name, unit, description }, dataPointType, dataPoints }) => ({
        ...{ name, unit, description, dataPointType },
        points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
      })),
    }));
  };
  return { counter, live, collect };
}

test.each([AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])(
  "gives the same points as the SDK's own counters, temporality %d",
  async (temporality) => {
    const [ours, sdks] = [start(temporality, summingMeters), start(temporality, (provider) => provider)];
    const found = [];
    for (let round = 0; round < 3; round++) {
      for (const { counter, live } of [ours, sdks]) {
        counter.add(1, { origin: "none", result: "DROP" });
        counter.add(2, { origin: "local", result: "DROP" });
        counter.add(1, { origin: "none", result: "DROP" });
        live.add(1, { result: "x" });
        if (round === 1) live.add(-2, { result: "x" });
        live.add(1);
      }
      found.push([await ours.collect(), await sdks.collect()] as const);
    }
    for (const [own, other] of found) expect(own).toEqual(other);
  },
);
