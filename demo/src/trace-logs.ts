/** The log records of a trace as plain rows. Expected ones are waited for. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ExpectTraceOptions, Span, TraceTree } from "@baton/trace-tree";
import { asText, type LogRecord, levelOf, microsOf } from "@baton/viewer/answers";
import type { ExpectedLog } from "./scenario.ts";
import { fetchList } from "./viewer-data.ts";

export interface TraceLog extends ExpectedLog {
  readonly level: ReturnType<typeof levelOf>;
  /** Since the trace began, in whole milliseconds, because a logger has no finer clock. */
  readonly offsetMs: number;
}

export interface FoundLogs {
  /** In the order in which they were written. */
  readonly logs: readonly TraceLog[];
  /** Expected records that were not found. */
  readonly missing: readonly ExpectedLog[];
}

/** The part of a tree that names the spans of records. */
interface SpanNames {
  readonly trace: { readonly spans: readonly Pick<Span, "spanId" | "name" | "startMicros">[] };
}

const pollMs = 50;

/** Logs are exported apart from spans, so expected records are waited for, at most `timeoutMs`. */
export async function waitForLogs(
  queryUrl: string,
  tree: TraceTree,
  expected: readonly ExpectedLog[],
  { timeoutMs = 10_000 }: ExpectTraceOptions = {},
): Promise<FoundLogs> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const records = (await fetchList<LogRecord>(`${queryUrl}/api/traces/${tree.trace.traceId}/logs`)) ?? [];
    const logs = readLogs(records, tree);
    const missing = findMissing(expected, logs);
    if (missing.length === 0 || performance.now() > deadline) return { logs, missing };
    await sleep(pollMs);
  }
}

export function readLogs(records: readonly LogRecord[], { trace }: SpanNames): readonly TraceLog[] {
  const names = new Map(trace.spans.map(({ spanId, name }) => [spanId, name]));
  const begin = wholeMs(Math.min(...trace.spans.map(({ startMicros }) => startMicros)));
  return records.map((record) => ({
    service: record.service,
    level: levelOf(record.severityNumber),
    severity: record.severityText,
    body: asText(record.body),
    span: names.get(record.spanId) ?? "",
    offsetMs: wholeMs(microsOf(record)) - begin,
  }));
}

function wholeMs(micros: number): number {
  return Math.floor(micros / 1000);
}

/** Each record that was found matches at most one that is expected. */
export function findMissing(expected: readonly ExpectedLog[], found: readonly ExpectedLog[]): readonly ExpectedLog[] {
  const rest = [...found];
  return expected.filter((wanted) => {
    const at = rest.findIndex((log) => isSame(log, wanted));
    if (at !== -1) rest.splice(at, 1);
    return at === -1;
  });
}

function isSame(log: ExpectedLog, wanted: ExpectedLog): boolean {
  const { service, severity, body, span } = wanted;
  return log.service === service && log.severity === severity && log.body === body && log.span === span;
}
