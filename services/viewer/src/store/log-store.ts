/** Logs that belong to no trace, in bounded memory: the oldest goes first, and it is counted. */
import type { LogRecord } from "../records.ts";
import { createTakeOldest } from "./oldest.ts";
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
  const kept = new Map<LogRecord, number>();
  const takeOldest = createTakeOldest(kept);
  let bytes = 0;
  let dropped = 0;

  function dropOldest(): void {
    bytes -= takeOldest() ?? 0;
    dropped += 1;
  }

  return {
    add(log) {
      const size = sizeOf(log);
      kept.set(log, size);
      bytes += size;
      while (kept.size > maxLogs || bytes > maxBytes) dropOldest();
    },
    newestFirst: () => [...kept.keys()].reverse(),
    stats: () => ({ logs: kept.size, bytes, dropped }),
  };
}
