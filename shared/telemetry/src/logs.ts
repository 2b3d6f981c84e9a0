/** A logger with the ids of the active span: JSON lines on standard output, and the same records over OTLP. */
import { format } from "node:util";
import { context, isSpanContextValid, trace } from "@opentelemetry/api";
import { type AnyValue, type LogAttributes, SeverityNumber } from "@opentelemetry/api-logs";
import type { DestinationStream, Logger, LoggerOptions as PinoOptions } from "pino";
import { forEachAllowed } from "./baggage-attributes.ts";
import { standardOutput } from "./standard-output.ts";
import type { Telemetry } from "./telemetry.ts";

export type { Logger } from "pino";

export interface LoggerOptions {
  /** A field of each line, and the scope of the records. @default none */
  readonly name?: string;
  /** The lowest level that is written. @default "info" */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  /** Where the lines go. @default standard output */
  readonly destination?: DestinationStream;
}

/** The lowest number of each range. @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/**
 * A pino logger. Each line has `trace_id`, `span_id` and `trace_flags` of the active span, and goes out as a log record
 * too unless `OTEL_LOGS_EXPORTER=none`. Child loggers' bindings are fields of the line and attributes of the record.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function createLogger(telemetry: Telemetry, options: LoggerOptions = {}): Logger {
  const { name, level = "info", destination } = options;
  const record = recorder(telemetry);
  return createLineLogger(
    telemetry.serviceName,
    {
      level,
      ...(name === undefined ? {} : { name }),
      mixin: () => traceFields(telemetry.baggageAttributes),
      hooks: {
        logMethod(args, method, number) {
          record(this, args, this.levels.labels[number] ?? "info");
          try {
            method.apply(this, args);
          } catch (error) {
            // A field threw when it was read. The message is still written.
            method.call(this, `${args.filter((arg) => typeof arg === "string").join(" ")} (not logged: ${error})`);
          }
        },
      },
    },
    destination,
  );
}

/** JSON lines by pino in this process: no worker thread, so that a bundle has all of it. */
function createLineLogger(
  service: string,
  options: PinoOptions,
  destination: DestinationStream = standardOutput(),
): Logger {
  // Loaded with the first logger: it takes eight milliseconds, and other loggers do not need it.
  const { pino, stdTimeFunctions }: typeof import("pino") = require("pino");
  return pino(
    {
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      ...options,
      formatters: { level: (label) => ({ level: label }), ...options.formatters },
    },
    {
      write: (line) => {
        try {
          destination.write(line);
        } catch {
          // A log line must not break a request.
        }
      },
    },
  );
}

/** Fields that a baggage entry must not replace. */
const reserved: ReadonlySet<string> = new Set([
  ...["level", "time", "msg", "service", "name", "err"],
  ...["trace_id", "span_id", "trace_flags"],
]);

function traceFields(baggageKeys: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  const active = context.active();
  forEachAllowed(active, baggageKeys, (key, value) => {
    if (!reserved.has(key)) fields[key] = value;
  });
  const span = trace.getSpanContext(active);
  if (span !== undefined && isSpanContextValid(span)) {
    fields.trace_id = span.traceId;
    fields.span_id = span.spanId;
    fields.trace_flags = span.traceFlags.toString(16).padStart(2, "0");
  }
  return fields;
}

type Recorder = (logger: Logger, args: readonly unknown[], level: string) => void;

/** Makes a log record of a call. Nothing that a caller passes makes it throw. */
function recorder(telemetry: Telemetry): Recorder {
  const bindings = new WeakMap<Logger, LogAttributes>();
  return (logger, args, level) => {
    const severityNumber = severities[level] ?? SeverityNumber.UNSPECIFIED;
    try {
      if (!telemetry.logger.enabled({ severityNumber })) return;
      let own = bindings.get(logger);
      if (own === undefined) {
        const { service: _service, ...rest } = logger.bindings();
        own = toAttributes(rest);
        bindings.set(logger, own);
      }
      const [first, ...rest] = args;
      const merged = typeof first === "object" && first !== null ? first : undefined;
      const words = merged === undefined ? args : rest;
      telemetry.logger.emit({
        severityNumber,
        severityText: level.toUpperCase(),
        body: words.length > 0 ? format(...words) : merged instanceof Error ? merged.message : "",
        attributes: { ...own, ...toAttributes(merged) },
        context: context.active(),
      });
    } catch {
      // The line is still written. The record must not break a request.
    }
  };
}

function toAttributes(fields: object | undefined): LogAttributes {
  if (fields === undefined) return {};
  if (fields instanceof Error) return exceptionAttributes(fields);
  const attributes: LogAttributes = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value instanceof Error) Object.assign(attributes, exceptionAttributes(value));
    else attributes[key] = toAnyValue(value, 0);
  }
  return attributes;
}

/** @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
function exceptionAttributes(error: Error): LogAttributes {
  return {
    "exception.type": error.name,
    "exception.message": error.message,
    ...(error.stack === undefined ? {} : { "exception.stacktrace": error.stack }),
  };
}

const MAX_DEPTH = 4;

/** A copy as OTLP can carry it. Other values, and those that are nested too deep, become text. */
function toAnyValue(value: unknown, depth: number): AnyValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (typeof value !== "object" || depth >= MAX_DEPTH) return String(value);
  if (Array.isArray(value)) return value.map((item) => toAnyValue(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toAnyValue(item, depth + 1)]));
}
