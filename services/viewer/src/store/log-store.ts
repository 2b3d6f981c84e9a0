/** Logs that belong to no trace, in bounded memory: the oldest goes first, and it is counted. */
import type { LogRecord } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { sizeOf } from "./size.ts";

export interface LogStoreOptions {
  readonly maxLogs: number;
  readonly maxBytes: number;
}

export interface LogStore {
  add(log: LogRecord): void;
  /** Those that came last first. */
  newestFirst(): readonly LogRecord[];
  stats(): { readonly logs: number; readonly bytes: number; readonly dropped: number };
}

export function createLogStore({ maxLogs, maxBytes }: LogStoreOptions): LogStore {
  const kept = createBounded<LogRecord, LogRecord>({ maxItems: maxLogs, maxBytes });
  return {
    add: (log) => kept.put(log, log, sizeOf(log)),
    newestFirst: () => kept.items().reverse(),
    stats: () => ({ logs: kept.size, bytes: kept.bytes, dropped: kept.dropped }),
  };
}
