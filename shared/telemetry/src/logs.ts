/** A logger with the ids of the active span: JSON lines on standard output, and the same records over OTLP. */
import { context, isSpanContextValid, trace } from "@opentelemetry/api";
import { type AnyValue, type LogAttributes, SeverityNumber } from "@opentelemetry/api-logs";
import type { DestinationStream, Logger } from "pino";
import { forEachAllowed } from "./baggage-attributes.ts";
import { createRedact, SECRET_QUERY_KEYS } from "./redact.ts";
import { standardOutput } from "./standard-output.ts";
import type { Telemetry } from "./telemetry.ts";
import { attempt, isErrorObject, printed } from "./thrown.ts";

export type { Logger } from "pino";

export interface LoggerOptions {
  /** A field of each line, and an attribute of each record. @default none */
  readonly name?: string;
  /** The lowest level that is written. @default "info" */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  /** Where the lines go. @default standard output */
  readonly destination?: DestinationStream;
}

/**
 * A pino logger without a worker thread, so that a bundle contains all of it. Each line has `trace_id`, `span_id`
 * and `trace_flags` of the active span. Unless `OTEL_LOGS_EXPORTER=none`, it is exported as a log record too. The record
 * is made of the line, so what pino redacts in the line is redacted in the record. The secrets of URLs are replaced in
 * both, as they are on spans.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function createLogger(telemetry: Telemetry, options: LoggerOptions = {}): Logger {
  const { name, level = "info", destination = standardOutput() } = options;
  // Loaded with the first logger: it takes eight milliseconds, and other loggers do not need it.
  const { pino, stdSerializers, stdTimeFunctions }: typeof import("pino") = require("pino");
  return pino(
    {
      base: { service: telemetry.serviceName },
      timestamp: stdTimeFunctions.isoTime,
      level,
      ...(name === undefined ? {} : { name }),
      mixin: () => traceFields(telemetry.baggageAttributes),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => ({ ...fields, ...otherErrors(fields, stdSerializers.err) }),
      },
      hooks: {
        logMethod(args, method) {
          try {
            method.apply(this, args);
          } catch (error) {
            // A field threw when it was read. The message is still written.
            method.call(
              this,
              `${args.filter((arg) => typeof arg === "string").join(" ")} (not logged: ${printed(error)})`,
            );
          }
        },
      },
    },
    {
      write: (line) => {
        // None of these must break a request.
        const shown = attempt(() => withoutSecrets(line)) ?? line;
        attempt(() => destination.write(shown));
        attempt(() => record(telemetry, shown));
      },
    },
  );
}

const redactText = createRedact(SECRET_QUERY_KEYS, Number.POSITIVE_INFINITY);
/** Most lines have none of these, and are not parsed. */
const MAYBE_SECRET = /[@=]|\\"|bearer|basic/i;

/** Errors and messages name URLs, with the passwords and tokens in them. */
function withoutSecrets(line: string): string {
  if (!MAYBE_SECRET.test(line)) return line;
  const fields: unknown = JSON.parse(line, (_key, value: unknown) =>
    typeof value === "string" ? redactText(value) : value,
  );
  return `${JSON.stringify(fields)}\n`;
}

/** pino writes an error as `{}`, unless the field is called `err`. */
function otherErrors(fields: object, serialize: (error: Error) => object): Record<string, object> {
  const errors = Object.entries(fields).filter(([key, value]) => key !== "err" && isErrorObject(value));
  return Object.fromEntries(errors.map(([key, error]) => [key, serialize(error)]));
}

/** Fields that a baggage entry must not replace. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["level", "time", "msg", "service", "name", "err"],
  ...["trace_id", "span_id", "trace_flags"],
]);

function traceFields(baggageKeys: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  const active = context.active();
  forEachAllowed(active, baggageKeys, (key, value) => {
    if (!RESERVED.has(key)) fields[key] = value;
  });
  const span = trace.getSpanContext(active);
  if (span !== undefined && isSpanContextValid(span)) {
    fields.trace_id = span.traceId;
    fields.span_id = span.spanId;
    fields.trace_flags = span.traceFlags.toString(16).padStart(2, "0");
  }
  return fields;
}

/** pino writes a line while the context of the call is active. */
function record({ logger }: Telemetry, line: string): void {
  // pino's six levels are the lowest numbers of the six ranges.
  const severityText = /^\{"level":"(\w+)"/.exec(line)?.[1]?.toUpperCase() ?? "";
  const severityNumber = SeverityNumber[severityText as "INFO"] ?? SeverityNumber.UNSPECIFIED;
  if (!logger.enabled({ severityNumber })) return;
  const { level, time, service, trace_id, span_id, trace_flags, msg = "", ...fields } = JSON.parse(line);
  const attributes: LogAttributes = {};
  for (const [key, value] of Object.entries<AnyValue>(fields)) {
    const exception = exceptionAttributes(value);
    if (exception === undefined) attributes[key] = value;
    else Object.assign(attributes, exception);
  }
  logger.emit({
    severityNumber,
    severityText,
    body: msg,
    attributes,
    context: context.active(),
  });
}

/** Of a field that is an error. @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
function exceptionAttributes(value: AnyValue): LogAttributes | undefined {
  const { type, message, stack } = (value ?? {}) as Readonly<Record<string, AnyValue>>;
  if (typeof type !== "string" || typeof message !== "string" || typeof stack !== "string") return undefined;
  return { "exception.type": type, "exception.message": message, "exception.stacktrace": stack };
}
