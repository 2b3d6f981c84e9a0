/** From the configuration to a meter provider: periodic export over OTLP or to the console, or a Prometheus endpoint. */
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
import { describeEndpoint } from "./failure.ts";
import { createMetricExporter } from "./otlp.ts";
import { createOutageLog } from "./outage-log.ts";
import { createSender, type Stopping } from "./sender.ts";

export interface MetricPipelineOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly report: Report;
  /** Besides those that the configuration names. */
  readonly readers: readonly IMetricReader[];
  readonly stopping: Stopping;
}

export interface MetricPipeline {
  readonly provider: MeterProviderApi;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

const NO_METRICS: MetricPipeline = {
  provider: { getMeter: () => createNoopMeter() },
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

export function createMetricPipeline(options: MetricPipelineOptions): MetricPipeline {
  const { config, resource } = options;
  const readers = [...options.readers, ...config.metrics.exporters.map((name) => createReader(name, options))];
  if (readers.length === 0) return NO_METRICS;
  const provider = new MeterProvider({ resource, readers });
  return { provider, flush: () => provider.forceFlush(), shutdown: () => provider.shutdown() };
}

function createReader(name: MetricsConfig["exporters"][number], options: MetricPipelineOptions): IMetricReader {
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

function createOtlpExporter(metrics: MetricsConfig, { report, stopping }: MetricPipelineOptions): PushMetricExporter {
  const otlp = { ...metrics.otlp, timeoutMs: Math.min(metrics.otlp.timeoutMs, metrics.timeoutMs) };
  const sender = createSender((closed) => createMetricExporter(otlp, closed), { signal: "METRICS", otlp }, stopping);
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
