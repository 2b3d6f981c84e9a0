/** All records that were received and are still stored. */
import type { LogRecord, MetricRecord, SpanRecord } from "./records.ts";
import { createLogStore, type LogStore } from "./store/log-store.ts";
import { createMetricStore, type MetricStore, type StoredMetric } from "./store/metric-store.ts";
import { createTraceStore, type StoredTrace, type TraceStore } from "./store/trace-store.ts";

export type { StoredMetric } from "./store/metric-store.ts";
export type { StoredTrace } from "./store/trace-store.ts";

export interface StoreOptions {
  /** @default 10000 */
  readonly maxTraces?: number;
  /** About how much memory all records together may use. @default 256 MiB */
  readonly maxBytes?: number;
}

export interface Store {
  /** How many of the spans were refused because their trace is too large. */
  addSpans(spans: readonly SpanRecord[]): number;
  /** How many of the logs were refused, for the same reason. */
  addLogs(logs: readonly LogRecord[]): number;
  addMetrics(metrics: readonly MetricRecord[]): void;
  /** Also a trace that has only logs. */
  trace(traceId: string): StoredTrace | undefined;
  /** Traces that have a span, the newest first. */
  traces(): Iterable<StoredTrace>;
  /** Logs of every trace and of none, in no order. */
  logs(): Iterable<LogRecord>;
  metrics(): readonly StoredMetric[];
  stats(): StoreStats;
  /** Forgets every record, and what was counted. */
  clear(): void;
  /** Calls the listener after spans of a trace were added. @returns A function that removes the listener. */
  onSpans(listener: (traceId: string) => void): () => void;
}

export interface StoreStats {
  readonly traces: number;
  readonly spans: number;
  readonly logs: number;
  readonly series: number;
  readonly bytes: number;
  readonly droppedTraces: number;
  readonly droppedSpans: number;
  readonly droppedLogs: number;
  readonly droppedSeries: number;
  /** Refused, not dropped: they were never stored. */
  readonly refusedRecords: number;
  readonly maxTraces: number;
  readonly maxBytes: number;
}

/** The viewer is for traces, so logs without a trace and metrics get an eighth of the memory each. */
const SIDE_SHARE = 1 / 8;
const MAX_LOGS = 10_000;
const MAX_SERIES = 10_000;

export function createStore({ maxTraces = 10_000, maxBytes = 256 * 1024 * 1024 }: StoreOptions = {}): Store {
  let stores = createStores(maxTraces, maxBytes);
  const listeners = new Set<(traceId: string) => void>();
  let [refusedRecords, lastLogId] = [0, 0];

  function countRefused<Item>(items: readonly Item[], add: (item: Item) => boolean): number {
    const count = items.filter((item) => !add(item)).length;
    refusedRecords += count;
    return count;
  }

  return {
    addSpans(spans) {
      const count = countRefused(spans, stores.traces.addSpan);
      for (const traceId of new Set(spans.map((span) => span.traceId))) {
        for (const listener of [...listeners]) listener(traceId);
      }
      return count;
    },
    addLogs: (logs) =>
      countRefused(logs, (log) => {
        lastLogId += 1;
        const numbered = { ...log, id: lastLogId };
        if (log.traceId !== "") return stores.traces.addLog(numbered);
        stores.untraced.add(numbered);
        return true;
      }),
    addMetrics: (sent) => sent.forEach(stores.metrics.add),
    trace: (traceId) => stores.traces.get(traceId),
    traces: () => stores.traces.newestFirst(),
    logs: () => [...stores.untraced.newestFirst(), ...stores.traces.logs()],
    metrics: () => stores.metrics.all(),
    stats: () => ({ ...sumUp(stores), refusedRecords, maxTraces, maxBytes }),
    clear() {
      stores = createStores(maxTraces, maxBytes);
      refusedRecords = 0;
    },
    onSpans(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Stores {
  readonly traces: TraceStore;
  readonly untraced: LogStore;
  readonly metrics: MetricStore;
}

function createStores(maxTraces: number, maxBytes: number): Stores {
  const sideBytes = maxBytes * SIDE_SHARE;
  return {
    traces: createTraceStore({ maxTraces, maxBytes: maxBytes - 2 * sideBytes }),
    untraced: createLogStore({ maxLogs: MAX_LOGS, maxBytes: sideBytes }),
    metrics: createMetricStore({ maxSeries: MAX_SERIES, maxBytes: sideBytes }),
  };
}

function sumUp({ traces, untraced, metrics }: Stores) {
  const [traceStats, logStats, metricStats] = [traces.stats(), untraced.stats(), metrics.stats()];
  return {
    ...traceStats,
    logs: traceStats.logs + logStats.logs,
    series: metricStats.series,
    bytes: traceStats.bytes + logStats.bytes + metricStats.bytes,
    droppedLogs: traceStats.droppedLogs + logStats.dropped,
    droppedSeries: metricStats.dropped,
  };
}
