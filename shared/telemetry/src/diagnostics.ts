/** What telemetry reports about itself: the start line, configuration problems, outages, warnings of the SDK. */
import { type DiagAPI, type DiagLogger, DiagLogLevel } from "@opentelemetry/api";
import type { DiagnosticLevel, OtlpConfig, TelemetryConfig } from "./config.ts";
import { describeEndpoint } from "./export/failure.ts";

export type ReportLevel = "error" | "warn" | "info" | "debug";

/** Takes one line. Must not throw. */
export type Report = (level: ReportLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

const order: readonly ReportLevel[] = ["error", "warn", "info", "debug"];

/** Drops lines below `OTEL_LOG_LEVEL`, and catches what `report` throws. */
export function limitReport(level: DiagnosticLevel, report: Report): Report {
  const index = order.indexOf(level as ReportLevel);
  const wanted = new Set(level === "none" ? [] : index < 0 ? order : order.slice(0, index + 1));
  return (lineLevel, message, fields) => {
    if (!wanted.has(lineLevel)) return;
    try {
      report(lineLevel, message, fields);
    } catch {
      // A report function that fails must not break a service.
    }
  };
}

/** Reports the warnings of the SDK too. By default they are not shown. */
export function registerDiagnostics(diag: DiagAPI, level: DiagnosticLevel, report: Report): void {
  const line =
    (lineLevel: ReportLevel) =>
    (message: string, ...rest: unknown[]) => {
      report(lineLevel, [message, ...rest].map(readable).join(" "), { source: "opentelemetry" });
    };
  const logger: DiagLogger = {
    error: line("error"),
    warn: line("warn"),
    info: line("info"),
    debug: line("debug"),
    verbose: line("debug"),
  };
  diag.setLogger(logger, {
    logLevel: DiagLogLevel[level.toUpperCase() as Uppercase<DiagnosticLevel>],
    suppressOverrideMessage: true,
  });
}

function readable(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.message;
  return Bun.inspect(value, { depth: 2 });
}

/** Message and fields of the start line: where the signals go, sampler and propagators. Holds no credential. */
export function describeStart(
  config: TelemetryConfig,
  sampler: { toString(): string } | undefined,
): [string, Readonly<Record<string, unknown>>] {
  const propagators = config.propagators.join(",") || "none";
  if (config.disabled) {
    return ["Telemetry is disabled by OTEL_SDK_DISABLED; context still travels", { disabled: true, propagators }];
  }
  const { name, ratio } = config.sampler;
  const fields = {
    traces: signalTarget(config.traces.exporters, config.traces.otlp),
    metrics: signalTarget(config.metrics.exporters, config.metrics.otlp),
    logs: signalTarget(config.logs.exporters, config.logs.otlp),
    sampler: sampler?.toString() ?? (name.endsWith("traceidratio") ? `${name}(${ratio})` : name),
    propagators,
  };
  return [`Telemetry on: traces to ${fields.traces}, metrics to ${fields.metrics}, logs to ${fields.logs}`, fields];
}

function signalTarget(exporters: readonly string[], otlp: OtlpConfig): string {
  const targets = exporters.map((name) =>
    name === "otlp" ? `${describeEndpoint(otlp.endpoint)} (${otlp.protocol})` : name,
  );
  return targets.join(" and ") || "none";
}
