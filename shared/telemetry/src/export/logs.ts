/** From the configuration to a logger provider. */
import type { MeterProvider } from "@opentelemetry/api";
import { createNoopLogger, type Logger, type LoggerProvider as LoggerProviderApi } from "@opentelemetry/api-logs";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
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
  const { config, processors } = options;
  if (config.logs.exporters.length + processors.length === 0) {
    return { provider: noLoggers, flush: nothing, shutdown: nothing };
  }
  const create = (): LoggerProvider => createProvider(options);
  // Processors that were handed in must hear of a flush and of the end, whether or not anything was logged.
  return processors.length > 0 ? pipelineOf(create()) : pipelineOnDemand(create);
}

function createProvider(options: LogPipelineOptions): LoggerProvider {
  const { config, resource, enrich, processors } = options;
  // Loaded with the first record: it takes five milliseconds of a start.
  const sdk: typeof import("@opentelemetry/sdk-logs") = require("@opentelemetry/sdk-logs");
  const exporting = config.logs.exporters.map((name) =>
    name === "otlp"
      ? createOtlpProcessor(options)
      : new sdk.SimpleLogRecordProcessor({ exporter: new sdk.ConsoleLogRecordExporter() }),
  );
  return new sdk.LoggerProvider({
    resource,
    logRecordLimits: { ...config.logLimits },
    processors: [...enrich, ...processors, ...exporting],
  });
}

function pipelineOf(provider: LoggerProvider): LogPipeline {
  return { provider, flush: () => provider.forceFlush(), shutdown: () => provider.shutdown() };
}

/** A pipeline that is made when something is logged, and never after its shutdown. */
function pipelineOnDemand(create: () => LoggerProvider): LogPipeline {
  let made: LogPipeline | undefined;
  let isOver = false;
  const use = (): LogPipeline => {
    made ??= isOver ? { provider: noLoggers, flush: nothing, shutdown: nothing } : pipelineOf(create());
    return made;
  };
  return {
    provider: { getLogger: (...scope) => loggerOnDemand(() => use().provider.getLogger(...scope)) },
    flush: () => made?.flush() ?? nothing(),
    shutdown: () => {
      isOver = true;
      return made?.shutdown() ?? nothing();
    },
  };
}

function loggerOnDemand(create: () => Logger): Logger {
  let logger: Logger | undefined;
  const use = (): Logger => {
    logger ??= create();
    return logger;
  };
  return { emit: (record) => use().emit(record), enabled: (options) => use().enabled(options) };
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
