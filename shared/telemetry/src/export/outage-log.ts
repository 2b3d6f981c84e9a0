/** Tells people about lost telemetry: one line when a loss begins and one when it is over, not one for each batch. */
import type { Report } from "../diagnostics.ts";

export interface OutageLog {
  /** Items that were given up after an export. */
  failed(count: number, reason: string): void;
  /** Items that did not fit into the queue. */
  dropped(count: number): void;
  /** An export went through whole. */
  succeeded(): void;
  /** Nothing comes after this: tells what was lost if the outage is not over. */
  closed(): void;
}

interface Outage {
  readonly since: number;
  lost: number;
  /** Dropped since the last export that went through: while that happens, the outage is not over. */
  droppedLately: number;
}

/** `what` as in "spans"; `target` as in "http://localhost:4318/v1/traces". */
export function createOutageLog(what: string, target: string, report: Report): OutageLog {
  let outage: Outage | undefined;
  const lose = (count: number, line: string): Outage => {
    if (outage === undefined) {
      outage = { since: Date.now(), lost: 0, droppedLately: 0 };
      report("warn", line, { target, lost: count });
    }
    outage.lost += count;
    return outage;
  };
  const tell = (level: "info" | "warn", line: (lost: string) => string): void => {
    if (outage === undefined) return;
    const seconds = Math.max(1, Math.round((Date.now() - outage.since) / 1000));
    report(level, line(`${outage.lost} ${what} lost in ${seconds} s`), { target, lost: outage.lost });
    outage = undefined;
  };
  return {
    failed: (count, reason) => {
      lose(count, `Cannot send ${what} to ${target}: ${reason}. They are lost while this lasts, ${count} so far`);
    },
    dropped: (count) => {
      const line = `More ${what} than ${target} takes: the queue is full. New ones are lost while this lasts`;
      lose(count, line).droppedLately += count;
    },
    succeeded: () => {
      if (outage === undefined) return;
      if (outage.droppedLately > 0) outage.droppedLately = 0;
      else tell("info", (lost) => `Sending ${what} to ${target} works again: ${lost}`);
    },
    closed: () => tell("warn", (lost) => `Stopped while ${what} could not be sent to ${target}: ${lost}`),
  };
}
