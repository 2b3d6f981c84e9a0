/** Logs that belong to no trace, in bounded memory. The oldest is dropped first, and counted. */
import type { LogRecord } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { type Compact, compactLog } from "./compact.ts";
import { createInterner } from "./interner.ts";
import { createShared } from "./shared.ts";

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

/** Of the memory, for what is remembered to be recognised in other logs. */
const INTERNER_SHARE = 1 / 8;

export function createLogStore({ maxLogs, maxBytes }: LogStoreOptions): LogStore {
  const shared = createShared();
  const interner = createInterner((maxBytes * INTERNER_SHARE) / 2);
  const kept = createBounded<LogRecord, Compact<LogRecord>>({
    maxItems: maxLogs,
    maxBytes: maxBytes * (1 - INTERNER_SHARE),
    sharedBytes: () => shared.bytes,
    onDrop: ({ held }) => held.forEach(shared.removeUser),
  });
  return {
    add(log) {
      const compact = compactLog(log, interner, shared);
      compact.held.forEach(shared.addUser);
      kept.put(compact.record, compact, compact.bytes);
    },
    newestFirst: () =>
      kept
        .items()
        .map(({ record }) => record)
        .reverse(),
    stats: () => ({ logs: kept.size, bytes: kept.bytes + shared.bytes, dropped: kept.dropped }),
  };
}
