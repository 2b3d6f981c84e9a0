/** From the configuration to a logger provider. */
import { createNoopLogger, type Logger, type LoggerProvider as LoggerProviderApi } from "@opentelemetry/api-logs";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { TelemetryConfig } from "../config.ts";
import { batchOptions, createOtlpDelivery, type PipelineParts } from "./delivery.ts";
import { createLogExporter } from "./otlp.ts";
import { summingMeters } from "./self-observability.ts";

type Sdk = typeof import("@opentelemetry/sdk-logs");

export interface LogPipelineOptions extends PipelineParts {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  /** Processors that add attributes. They do not need records, so alone they do not start the SDK. */
  readonly enrich: readonly LogRecordProcessor[];
  /** Processors that receive records, besides the exporters'. With neither, nothing is recorded. */
  readonly processors: readonly LogRecordProcessor[];
}

export interface LogPipeline {
  readonly provider: LoggerProviderApi;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export function createLogPipeline(options: LogPipelineOptions): LogPipeline {
  const { config, processors } = options;
  if (config.logs.exporters.length + processors.length === 0) return NO_LOGS;
  const create = (): LoggerProvider => createProvider(options);
  // Processors of the application must receive flush and shutdown, whether or not anything was logged.
  return processors.length > 0 ? pipelineOf(create()) : pipelineOnDemand(create);
}

const NO_LOGS: LogPipeline = {
  provider: { getLogger: () => createNoopLogger() },
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

function createProvider(options: LogPipelineOptions): LoggerProvider {
  const { config, resource, enrich, processors, meterProvider } = options;
  // Loaded with the first record: it takes five milliseconds of a start.
  const sdk: Sdk = require("@opentelemetry/sdk-logs");
  const exporting = config.logs.exporters.map((name) =>
    name === "otlp"
      ? createOtlpProcessor(sdk, options)
      : new sdk.SimpleLogRecordProcessor({ exporter: new sdk.ConsoleLogRecordExporter() }),
  );
  return new sdk.LoggerProvider({
    resource,
    logRecordLimits: { ...config.logLimits },
    processors: [...enrich, ...processors, ...exporting],
    meterProvider: summingMeters(meterProvider),
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
    made ??= isOver ? NO_LOGS : pipelineOf(create());
    return made;
  };
  return {
    provider: { getLogger: (...scope) => loggerOnDemand(() => use().provider.getLogger(...scope)) },
    flush: async () => made?.flush(),
    shutdown: async () => {
      isOver = true;
      await made?.shutdown();
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

function createOtlpProcessor(sdk: Sdk, options: LogPipelineOptions): LogRecordProcessor {
  const { logs } = options.config;
  const delivery = createOtlpDelivery(
    createLogExporter,
    {
      ...logs,
      signal: "LOGS",
      item: "log",
      what: "log records",
      traceOf: (record: ReadableLogRecord) => record.spanContext?.traceId,
    },
    options,
  );
  const processor = new sdk.BatchLogRecordProcessor({ exporter: delivery.exporter, ...batchOptions(logs.batch) });
  return {
    onEmit: (record) => {
      if (delivery.admits(record)) processor.onEmit(record);
    },
    forceFlush: () => delivery.flush(processor),
    shutdown: () => delivery.shutdown(processor),
  };
}
