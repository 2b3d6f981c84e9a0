/** Logs that belong to no trace, in bounded memory. The oldest is dropped first, and counted. */
import type { LogRecord } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { sizeOf } from "./size.ts";

export interface LogStoreOptions {
  readonly maxLogs: number;
  readonly maxBytes: number;
}

export interface LogStore {
  add(log: LogRecord): void;
  /** The newest first. */
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
