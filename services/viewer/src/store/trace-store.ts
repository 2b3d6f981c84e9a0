/** Traces in bounded memory. The oldest trace is dropped first, and counted. */
import type { LogRecord, Resource, Scope, SpanRecord } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { sizeOf } from "./size.ts";

export interface TraceStoreOptions {
  readonly maxTraces: number;
  readonly maxBytes: number;
}

/** The spans and logs of one trace id, in the order in which they arrived. */
export interface StoredTrace {
  readonly traceId: string;
  readonly spans: readonly SpanRecord[];
  readonly logs: readonly LogRecord[];
}

export interface TraceStoreStats {
  readonly traces: number;
  readonly spans: number;
  readonly logs: number;
  readonly bytes: number;
  readonly droppedTraces: number;
  readonly droppedSpans: number;
  readonly droppedLogs: number;
}

export interface TraceStore {
  /** False when the trace of the span is too large to grow. */
  addSpan(span: SpanRecord): boolean;
  /** False as above. The log's trace id must not be empty. */
  addLog(log: LogRecord): boolean;
  get(traceId: string): StoredTrace | undefined;
  /** Traces that have a span, the newest first. */
  newestFirst(): Iterable<StoredTrace>;
  stats(): TraceStoreStats;
}

interface Entry extends StoredTrace {
  readonly spans: SpanRecord[];
  readonly logs: LogRecord[];
  /** A key for each span, to recognise one that is sent again. */
  readonly fingerprints: Set<bigint>;
  /** Resources and scopes, which many spans share and which count once. */
  readonly shared: Set<Resource | Scope>;
  bytes: number;
}

const ENTRY_BYTES = 500;
const FINGERPRINT_BYTES = 32;

export function createTraceStore({ maxTraces, maxBytes }: TraceStoreOptions): TraceStore {
  const dropped = { droppedTraces: 0, droppedSpans: 0, droppedLogs: 0 };
  const onDrop = ({ spans, logs }: Entry) => {
    dropped.droppedTraces += spans.length > 0 ? 1 : 0;
    dropped.droppedSpans += spans.length;
    dropped.droppedLogs += logs.length;
  };
  const kept = createBounded<string, Entry>({ maxItems: maxTraces, maxBytes, onDrop });
  const withSpans = () => kept.items().filter(({ spans }) => spans.length > 0);

  function add(traceId: string, put: (entry: Entry) => number): boolean {
    const entry = kept.get(traceId) ?? createEntry(traceId);
    // One endless trace must not displace all others.
    if (entry.bytes > maxBytes / 2) return false;
    entry.bytes += put(entry);
    kept.put(traceId, entry, entry.bytes);
    return true;
  }

  return {
    addSpan: (span) => add(span.traceId, (entry) => putSpan(entry, span)),
    addLog: (log) => add(log.traceId, (entry) => putLog(entry, log)),
    get: kept.get,
    newestFirst: () => withSpans().reverse(),
    stats: () => ({
      traces: withSpans().length,
      spans: sum(kept.items().map(({ spans }) => spans.length)),
      logs: sum(kept.items().map(({ logs }) => logs.length)),
      bytes: kept.bytes,
      ...dropped,
    }),
  };
}

function createEntry(traceId: string): Entry {
  return { traceId, spans: [], logs: [], fingerprints: new Set(), shared: new Set(), bytes: ENTRY_BYTES };
}

/** The bytes of a span; 0 for a span that is stored already, because an exporter sent it again. */
function putSpan(entry: Entry, span: SpanRecord): number {
  const fingerprint = fingerprintOf(span);
  if (entry.fingerprints.has(fingerprint)) return 0;
  entry.fingerprints.add(fingerprint);
  entry.spans.push(span);
  return FINGERPRINT_BYTES + share(entry, span) + sizeOf(span, entry.shared);
}

function putLog(entry: Entry, log: LogRecord): number {
  entry.logs.push(log);
  return share(entry, log) + sizeOf(log, entry.shared);
}

/** The bytes of the resource and the scope, when the entry did not have them yet. */
function share(entry: Entry, { resource, scope }: Pick<SpanRecord, "resource" | "scope">): number {
  let bytes = 0;
  for (const each of [resource, scope]) {
    if (entry.shared.has(each)) continue;
    entry.shared.add(each);
    bytes += sizeOf(each);
  }
  return bytes;
}

function fingerprintOf(span: SpanRecord): bigint {
  const text = JSON.stringify(span, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  return BigInt(Bun.hash(text));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
