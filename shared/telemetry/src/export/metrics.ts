/** Makes the meter provider: periodic export over OTLP or to the console, or a Prometheus endpoint. */
import { createNoopMeter, type MeterProvider as MeterProviderApi } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  ConsoleMetricExporter,
  type IMetricReader,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import type { MetricsConfig, TelemetryConfig } from "../config.ts";
import type { Report } from "../diagnostics.ts";
import { type Flushable, NOTHING_TO_FLUSH } from "./delivery.ts";
import { describeEndpoint } from "./failure.ts";
import { createMetricExporter } from "./otlp.ts";
import { createOutageLog } from "./outage-log.ts";
import type { Stopping } from "./retry.ts";
import { createSender } from "./sender.ts";

export interface MetricOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly report: Report;
  /** Besides those that the configuration names. */
  readonly readers: readonly IMetricReader[];
  readonly stopping: Stopping;
}

export const NO_METRICS: MeterProviderApi & Flushable = { getMeter: () => createNoopMeter(), ...NOTHING_TO_FLUSH };

export function createMeterProvider(options: MetricOptions): MeterProviderApi & Flushable {
  const { config, resource } = options;
  const readers = [...options.readers, ...config.metrics.exporters.map((name) => createReader(name, options))];
  return readers.length === 0 ? NO_METRICS : new MeterProvider({ resource, readers });
}

function createReader(name: MetricsConfig["exporters"][number], options: MetricOptions): IMetricReader {
  const { metrics } = options.config;
  if (name === "prometheus") {
    const { createPrometheusReader }: typeof import("./prometheus.ts") = require("./prometheus.ts");
    return createPrometheusReader(metrics.prometheus, options.report);
  }
  const exporter = name === "console" ? new ConsoleMetricExporter() : createOtlpExporter(metrics, options);
  // The sender has a timeout of its own, which is reported and counted.
  const times = { exportIntervalMillis: metrics.intervalMs, exportTimeoutMillis: metrics.intervalMs };
  return new PeriodicExportingMetricReader({ exporter, ...times });
}

function createOtlpExporter(metrics: MetricsConfig, { report, stopping }: MetricOptions): PushMetricExporter {
  const otlp = { ...metrics.otlp, timeoutMs: Math.min(metrics.otlp.timeoutMs, metrics.timeoutMs) };
  const sender = createSender({
    create: (closed) => createMetricExporter(otlp, closed),
    destination: { signal: "METRICS", otlp },
    stopping,
    // The next export has what this one would have sent.
    holdMs: 0,
  });
  const outages = createOutageLog("exports of metrics", describeEndpoint(otlp.endpoint), report);
  return {
    export: async (data, done) => {
      const outcome = await sender.send(data);
      if (outcome.ok) outages.succeeded();
      else outages.failed(1, outcome.reason, outcome.advice);
      // The outage is logged already. The reader would log a failure at each interval.
      done({ code: ExportResultCode.SUCCESS });
    },
    forceFlush: () => Promise.resolve(),
    shutdown: async () => {
      outages.closed();
      sender.close();
    },
    // The reader asks for these before the first export, with which the stock exporter is loaded.
    selectAggregationTemporality: (instrument) => temporality(metrics.temporality, instrument),
    selectAggregation: (instrument) => aggregation(metrics.histogram, instrument),
  };
}

/** @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration */
function temporality(preference: MetricsConfig["temporality"], instrument: InstrumentType): AggregationTemporality {
  const delta: readonly InstrumentType[] = {
    cumulative: [],
    delta: [InstrumentType.COUNTER, InstrumentType.OBSERVABLE_COUNTER, InstrumentType.HISTOGRAM],
    lowmemory: [InstrumentType.COUNTER, InstrumentType.HISTOGRAM],
  }[preference];
  return delta.includes(instrument) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
}

function aggregation(histogram: MetricsConfig["histogram"], instrument: InstrumentType): AggregationOption {
  const exponential = histogram === "base2_exponential_bucket_histogram" && instrument === InstrumentType.HISTOGRAM;
  return { type: exponential ? AggregationType.EXPONENTIAL_HISTOGRAM : AggregationType.DEFAULT };
}
