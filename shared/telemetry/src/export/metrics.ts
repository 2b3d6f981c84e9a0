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
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { MetricsConfig, TelemetryConfig } from "../config/types.ts";
import type { Report } from "../diagnostics.ts";
import { sendWithin } from "./bounded-send.ts";
import { createMetricSender } from "./otlp.ts";
import { createOutageLog, type OutageLog } from "./outage-log.ts";
import type { Sender } from "./sender.ts";

export interface MetricPipelineOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly report: Report;
  /** Besides those that the configuration names. */
  readonly readers: readonly IMetricReader[];
}

/** A provider, with what ends its exports early. */
export interface MetricPipeline {
  readonly provider: MeterProviderApi;
  flush(): Promise<void>;
  /** Ends what is being sent when the signal aborts. */
  shutdown(signal: AbortSignal): Promise<void>;
}

export function createMetricPipeline(options: MetricPipelineOptions): MetricPipeline {
  const { config, resource } = options;
  const ending: Ending = { hurry: () => {}, abort: () => {} };
  const readers = [...options.readers, ...config.metrics.exporters.map((name) => createReader(name, options, ending))];
  if (readers.length === 0) return { provider: noMeters, flush: nothing, shutdown: nothing };
  const provider = new MeterProvider({ resource, readers });
  return {
    provider,
    flush: () => provider.forceFlush(),
    shutdown: async (signal) => {
      ending.hurry();
      // Where the time is up already, one last export is tried: it tells what was lost.
      const timer = signal.aborted ? setTimeout(ending.abort, LAST_EXPORT_MS) : undefined;
      signal.addEventListener("abort", ending.abort);
      await provider.shutdown();
      clearTimeout(timer);
    },
  };
}

/** What shutdown needs of an exporter that it cannot reach through the reader. */
interface Ending {
  hurry: () => void;
  abort: () => void;
}

const LAST_EXPORT_MS = 150;
const noMeters: MeterProviderApi = { getMeter: () => createNoopMeter() };
const nothing = (): Promise<void> => Promise.resolve();

function createReader(
  name: MetricsConfig["exporters"][number],
  options: MetricPipelineOptions,
  ending: Ending,
): IMetricReader {
  const { metrics } = options.config;
  if (name === "prometheus") {
    const { createPrometheusReader }: typeof import("./prometheus.ts") = require("./prometheus.ts");
    return createPrometheusReader(metrics.prometheus, options.report);
  }
  const times = { exportIntervalMillis: metrics.intervalMs, exportTimeoutMillis: metrics.timeoutMs };
  if (name === "console") return new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter(), ...times });
  const sender = createMetricSender(metrics.otlp);
  const outages = createOutageLog("exports of metrics", sender.target, options.report);
  const exporter = createPushExporter(sender, metrics, outages, ending);
  return new PeriodicExportingMetricReader({ exporter, ...times });
}

function createPushExporter(
  sender: Sender<ResourceMetrics>,
  config: MetricsConfig,
  outages: OutageLog,
  ending: Ending,
): PushMetricExporter {
  let current: AbortController | undefined;
  ending.hurry = sender.hurry;
  ending.abort = () => current?.abort(new Error("shut down"));
  return {
    export: async (metrics, done) => {
      current = new AbortController();
      const outcome = await sendWithin(sender, metrics, config.timeoutMs, current);
      if (outcome.ok) outages.succeeded();
      else outages.failed(1, outcome.reason);
      // The outage has been told once; a failure handed to the reader would be logged by it at each interval.
      done({ code: ExportResultCode.SUCCESS });
    },
    forceFlush: nothing,
    shutdown: async () => {
      outages.closed();
      sender.close();
    },
    selectAggregationTemporality: (instrument) => temporality(config.temporality, instrument),
    selectAggregation: (instrument) => aggregation(config.histogram, instrument),
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
