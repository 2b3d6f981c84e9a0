/** Makes the logger provider that the configuration asks for. */
import { createNoopLogger, type Logger, type LoggerProvider as LoggerProviderApi } from "@opentelemetry/api-logs";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { TelemetryConfig } from "../config.ts";
import { type Flushable, NOTHING_TO_FLUSH } from "./delivery.ts";
import { createLogExporter } from "./otlp.ts";
import { batchOptions, createOtlpDelivery, type PipelineParts } from "./otlp-delivery.ts";
import { summingMeters } from "./self-observability.ts";

type Sdk = typeof import("@opentelemetry/sdk-logs");

export interface LogOptions extends PipelineParts {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  /** Processors that add attributes. They do not need records, so alone they do not start the SDK. */
  readonly enrich: readonly LogRecordProcessor[];
  /** Processors that receive records, besides the exporters'. With neither, nothing is recorded. */
  readonly processors: readonly LogRecordProcessor[];
}

type Provider = LoggerProviderApi & Flushable;

export const NO_LOGS: Provider = { getLogger: () => createNoopLogger(), ...NOTHING_TO_FLUSH };

export function createLoggerProvider(options: LogOptions): Provider {
  const { config, processors } = options;
  if (config.logs.exporters.length + processors.length === 0) return NO_LOGS;
  const create = (): Provider => createProvider(options);
  // Processors of the application must receive flush and shutdown, whether or not anything was logged.
  return processors.length > 0 ? create() : providerOnDemand(create);
}

function createProvider(options: LogOptions): LoggerProvider {
  const { config, resource, enrich, processors, meterProvider } = options;
  // Loaded with the first record, because loading takes five milliseconds.
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

/** A provider that is made when something is logged, and never after its shutdown. */
function providerOnDemand(create: () => Provider): Provider {
  let made: Provider | undefined;
  let isOver = false;
  const use = (): Provider => {
    made ??= isOver ? NO_LOGS : create();
    return made;
  };
  return {
    getLogger: (...scope) => loggerOnDemand(() => use().getLogger(...scope)),
    forceFlush: async () => made?.forceFlush(),
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

function createOtlpProcessor(sdk: Sdk, options: LogOptions): LogRecordProcessor {
  const { logs } = options.config;
  const delivery = createOtlpDelivery(
    createLogExporter,
    {
      ...logs,
      item: "log",
      traceOf: (record: ReadableLogRecord) => record.spanContext?.traceId,
      flushesAtOnce: false,
    },
    options,
  );
  const processor = new sdk.BatchLogRecordProcessor({ exporter: delivery.exporter, ...batchOptions(logs.batch) });
  options.atEnd(() => delivery.leftovers(processor));
  return {
    onEmit: (record) => {
      if (delivery.admits(record)) processor.onEmit(record);
    },
    forceFlush: () => delivery.flush(processor),
    shutdown: () => delivery.shutdown(processor),
  };
}
