/** Traces in bounded memory. The oldest trace is dropped first, and counted. */
import type { LogRecord, Resource, Scope, SpanRecord } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { type Compact, compactLog, compactSpan } from "./compact.ts";
import { createInterner } from "./interner.ts";
import { createShared, type Held, type Shared } from "./shared.ts";

export interface TraceStoreOptions {
  readonly maxTraces: number;
  readonly maxBytes: number;
}

/** The spans and logs of one trace id, in the order in which they arrived. */
export interface StoredTrace {
  readonly traceId: string;
  readonly spans: readonly SpanRecord[];
  readonly logs: readonly LogRecord[];
  /** The services that its spans and logs came from. */
  readonly services: ReadonlySet<string>;
  /** Spans and logs of this trace that were not kept; undefined where some were, but not how many. */
  readonly cut: number | undefined;
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
  /** Of every trace. */
  logs(): readonly LogRecord[];
  stats(): TraceStoreStats;
}

interface Entry extends StoredTrace {
  readonly spans: SpanRecord[];
  readonly logs: LogRecord[];
  readonly services: Set<string>;
  /** The first span of each id; undefined once others have come with that id, and `prints` tells them apart. */
  readonly firstOfId: Map<string, SpanRecord | undefined>;
  readonly prints: Set<bigint>;
  readonly held: Set<Held<Resource | Scope>>;
  bytes: number;
  cut: number | undefined;
}

const ENTRY_BYTES = 900;
const HELD_BYTES = 40;
/** Of the memory, for what is remembered to be recognised in other traces. */
const INTERNER_SHARE = 1 / 16;
/** Ids of traces that are gone, to know a trace whose first spans went with it. */
const MAX_GONE = 10_000;
const GONE_BYTES = 100;

export function createTraceStore({ maxTraces, maxBytes }: TraceStoreOptions): TraceStore {
  const dropped = { droppedTraces: 0, droppedSpans: 0, droppedLogs: 0 };
  const shared = createShared();
  const internerBytes = maxBytes * INTERNER_SHARE;
  const interner = createInterner(internerBytes / 2);
  const gone = createBounded<string, true>({ maxItems: Math.min(MAX_GONE, maxTraces), maxBytes: internerBytes });
  const kept = createBounded<string, Entry>({
    maxItems: maxTraces,
    maxBytes: maxBytes - internerBytes,
    sharedBytes: () => shared.bytes,
    onDrop({ traceId, spans, logs, held }) {
      for (const each of held) shared.removeUser(each);
      gone.put(traceId, true, GONE_BYTES);
      dropped.droppedTraces += spans.length > 0 ? 1 : 0;
      dropped.droppedSpans += spans.length;
      dropped.droppedLogs += logs.length;
    },
  });
  const withSpans = () => kept.items().filter(({ spans }) => spans.length > 0);

  function add(traceId: string, put: (entry: Entry) => number): boolean {
    const entry = kept.get(traceId) ?? createEntry(traceId, gone.get(traceId) === true);
    // One endless trace must not displace all others.
    if (entry.bytes > maxBytes / 2) {
      if (entry.cut !== undefined) entry.cut += 1;
      return false;
    }
    entry.bytes += put(entry);
    kept.put(traceId, entry, entry.bytes);
    return true;
  }

  /** The bytes of a span; 0 for a span that is stored already, because an exporter sent it again. */
  function putSpan(entry: Entry, span: SpanRecord): number {
    const compact = compactSpan(span, interner, shared);
    const { record } = compact;
    if (isRepeated(entry, record)) return 0;
    entry.spans.push(record);
    return compact.bytes + hold(entry, compact);
  }

  /** Ids that meet by chance are rare, so only where an id comes again is the content of its spans read. */
  function isRepeated({ firstOfId, prints }: Entry, span: SpanRecord): boolean {
    const { spanId } = span;
    const first = firstOfId.get(spanId);
    if (first === undefined && !firstOfId.has(spanId)) {
      firstOfId.set(spanId, span);
      return false;
    }
    if (first) {
      prints.add(fingerprintOf(first, shared));
      firstOfId.set(spanId, undefined);
    }
    const before = prints.size;
    return prints.add(fingerprintOf(span, shared)).size === before;
  }

  function putLog(entry: Entry, log: LogRecord): number {
    const compact = compactLog(log, interner, shared);
    entry.logs.push(compact.record);
    return compact.bytes + hold(entry, compact);
  }

  function hold(entry: Entry, { held, record }: Compact<LogRecord | SpanRecord>): number {
    entry.services.add(record.resource.service);
    const added = held.filter((each) => !entry.held.has(each));
    for (const each of added) {
      entry.held.add(each);
      shared.addUser(each);
    }
    return added.length * HELD_BYTES;
  }

  return {
    addSpan: (span) => add(span.traceId, (entry) => putSpan(entry, span)),
    addLog: (log) => add(log.traceId, (entry) => putLog(entry, log)),
    get: kept.get,
    newestFirst: () => withSpans().reverse(),
    logs: () => kept.items().flatMap(({ logs }) => logs),
    stats: () => ({
      traces: withSpans().length,
      spans: sum(kept.items().map(({ spans }) => spans.length)),
      logs: sum(kept.items().map(({ logs }) => logs.length)),
      bytes: kept.bytes + shared.bytes,
      ...dropped,
    }),
  };
}

function createEntry(traceId: string, wasGone: boolean): Entry {
  return {
    traceId,
    spans: [],
    logs: [],
    services: new Set(),
    firstOfId: new Map(),
    prints: new Set(),
    held: new Set(),
    bytes: ENTRY_BYTES,
    cut: wasGone ? undefined : 0,
  };
}

/** The resource and the scope stand in it as what they share their place with, so a large one costs nothing here. */
function fingerprintOf(span: SpanRecord, shared: Shared): bigint {
  const origin = { resource: shared.find(span.resource).id, scope: shared.find(span.scope).id };
  const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
  return BigInt(Bun.hash(JSON.stringify({ ...span, ...origin }, plain)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
