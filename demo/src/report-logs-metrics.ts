/** What the demo prints besides trees: the logs of a trace and the metrics of the run. */

import { formatMicros, printable } from "@baton/trace-tree";
import { type Histogram, mean, percentile } from "@baton/viewer/answers";
import type { FoundMetrics } from "./metrics-reader.ts";
import { metricsIntervalMs } from "./services.ts";
import { cut, paint, type Style, type Terminal } from "./terminal.ts";
import type { FoundLogs, TraceLog } from "./trace-logs.ts";

export function printTracesOnly(terminal: Terminal): void {
  terminal.write(cut(terminal, "  The backend stores only traces: there are no logs and no metrics to show."));
}

/** A line for each record: time, service, severity, message and the span in which it was written. */
export function printLogs(terminal: Terminal, { logs, missing }: FoundLogs): void {
  for (const log of logs) {
    const { service, severity, body, span, offsetMs } = log;
    const where = span === "" ? "in no span of the trace" : `in ${span}`;
    const text = [`+${offsetMs}ms`, service, severity || log.level.toUpperCase(), body, where]
      .map(printable)
      .join("  ");
    const line = cut(terminal, `  log ${text}`);
    terminal.write(paint(terminal, styleOf(log), line));
  }
  for (const { service, severity, body, span } of missing) {
    const line = `  missing log record: ${service}  ${severity}  ${body}  in ${span}`;
    terminal.write(paint(terminal, "yellow", cut(terminal, line)));
  }
}

function styleOf({ level }: TraceLog): Style {
  if (level === "error" || level === "fatal") return "red";
  return level === "warn" ? "yellow" : "dim";
}

/** The durations, the exported spans, and the counts that were not reached. */
export function printMetrics(terminal: Terminal, found: FoundMetrics, queryUrl: string): void {
  const print = (style: Style | undefined, line: string) => {
    const shown = cut(terminal, line);
    terminal.write(style === undefined ? shown : paint(terminal, style, shown));
  };
  terminal.write();
  print("bold", "What the services measured");
  print(
    "dim",
    `Sent every ${metricsIntervalMs} ms in this demo; the default is 60 s. p50 and p99 are estimated from buckets.`,
  );
  terminal.write();
  print("dim", row("", "", ["count", "mean", "p50", "p99"]));
  for (const { service, metric, histogram } of found.durations) {
    print(undefined, row(service, metric, [String(histogram.count), ...quantities(histogram)]));
  }
  terminal.write();
  print("dim", row("", "", ["exported", "dropped"]));
  for (const { service, exported, dropped } of found.spans) {
    print(dropped > 0 ? "yellow" : undefined, row(service, "spans", [String(exported), String(dropped)]));
  }
  for (const line of found.uncounted) print("yellow", `  not counted in time: ${line}`);
  terminal.write();
  terminal.write(`  ${queryUrl}/metrics`);
}

function row(service: string, name: string, cells: readonly string[]): string {
  return `  ${printable(service).padEnd(7)} ${name.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join("")}`;
}

function quantities(histogram: Histogram): readonly string[] {
  return [mean(histogram), percentile(histogram, 0.5), percentile(histogram, 0.99)].map((seconds) =>
    seconds === undefined ? "-" : formatMicros(Math.round(seconds * 1e6)),
  );
}
