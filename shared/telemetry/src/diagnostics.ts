/** What telemetry says about itself: the start line, problems of the configuration, outages, the SDK's own warnings. */
import { type DiagAPI, type DiagLogger, DiagLogLevel } from "@opentelemetry/api";
import type { DiagnosticLevel } from "./config/types.ts";

export type ReportLevel = "error" | "warn" | "info" | "debug";

/** Takes one line. Must not throw. */
export type Report = (level: ReportLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

const order: readonly ReportLevel[] = ["error", "warn", "info", "debug"];
const diagLevels: Readonly<Record<DiagnosticLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** Lets through what `OTEL_LOG_LEVEL` asks for, and nothing that throws. */
export function limitReport(level: DiagnosticLevel, report: Report): Report {
  const index = order.indexOf(level as ReportLevel);
  const wanted = new Set(level === "none" ? [] : index < 0 ? order : order.slice(0, index + 1));
  return (lineLevel, message, fields) => {
    if (!wanted.has(lineLevel)) return;
    try {
      report(lineLevel, message, fields);
    } catch {
      // Nobody is left to tell: a broken sink must not break a service.
    }
  };
}

let muted = false;

/** Runs something whose warnings about the environment repeat ours. */
export function withoutDiagnostics<T>(work: () => T): T {
  muted = true;
  try {
    return work();
  } finally {
    muted = false;
  }
}

/** Sends the SDK's own warnings to the same place. They go to nobody otherwise. */
export function registerDiagnostics(diag: DiagAPI, level: DiagnosticLevel, report: Report): void {
  const line =
    (lineLevel: ReportLevel) =>
    (message: string, ...rest: unknown[]) => {
      if (muted) return;
      report(lineLevel, [message, ...rest].map(readable).join(" "), { source: "opentelemetry" });
    };
  const logger: DiagLogger = {
    error: line("error"),
    warn: line("warn"),
    info: line("info"),
    debug: line("debug"),
    verbose: line("debug"),
  };
  diag.setLogger(logger, { logLevel: diagLevels[level], suppressOverrideMessage: true });
}

function readable(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.message;
  return Bun.inspect(value, { depth: 2 });
}
