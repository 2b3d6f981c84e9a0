/** From the configuration to a logger provider. */
import type { MeterProvider } from "@opentelemetry/api";
import { createNoopLogger, type LoggerProvider as LoggerProviderApi } from "@opentelemetry/api-logs";
import type { Resource } from "@opentelemetry/resources";
import {
  ConsoleLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import type { TelemetryConfig } from "../config/types.ts";
import type { Report } from "../diagnostics.ts";
import { type BatchQueue, createBatchQueue } from "./batch-queue.ts";
import { createLogSender } from "./otlp.ts";
import { createOutageLog } from "./outage-log.ts";
import { observeQueue } from "./sdk-metrics.ts";

export interface LogPipelineOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly meterProvider: MeterProvider;
  readonly report: Report;
  /** Add to records, and take none away. */
  readonly enrich: readonly LogRecordProcessor[];
  /** Take records away, besides the exporters'. Without any, and without an exporter, nothing is recorded. */
  readonly processors: readonly LogRecordProcessor[];
  readonly shutdownTimeoutMs: number;
}

export interface LogPipeline {
  readonly provider: LoggerProviderApi;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export function createLogPipeline(options: LogPipelineOptions): LogPipeline {
  const { config, resource, enrich, processors } = options;
  const exporting = config.logs.exporters.map((name) =>
    name === "otlp"
      ? createOtlpProcessor(options)
      : new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }),
  );
  if (exporting.length + processors.length === 0) return { provider: noLoggers, flush: nothing, shutdown: nothing };
  const provider = new LoggerProvider({
    resource,
    logRecordLimits: { ...config.logLimits },
    processors: [...enrich, ...processors, ...exporting],
  });
  return { provider, flush: () => provider.forceFlush(), shutdown: () => provider.shutdown() };
}

const noLoggers: LoggerProviderApi = { getLogger: () => createNoopLogger() };
const nothing = (): Promise<void> => Promise.resolve();

function createOtlpProcessor(options: LogPipelineOptions): LogRecordProcessor {
  const { config, report, meterProvider, shutdownTimeoutMs } = options;
  const sender = createLogSender(config.logs.otlp);
  const queue = createBatchQueue(sender, config.logs.batch, createOutageLog("log records", sender.target, report));
  observeQueue(meterProvider, {
    item: "log",
    totals: queue.totals,
    exporterType: sender.componentType,
    capacity: config.logs.batch.maxQueueSize,
  });
  return createBatchLogProcessor(queue, shutdownTimeoutMs);
}

function createBatchLogProcessor(queue: BatchQueue<ReadableLogRecord>, shutdownTimeoutMs: number): LogRecordProcessor {
  return {
    onEmit: (record) => queue.push(record),
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(shutdownTimeoutMs),
  };
}
