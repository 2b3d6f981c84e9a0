/** Lines to standard output, without waiting, without errors, and in bounded memory when they are not read. */
import type { Writable } from "node:stream";
import { settlesWithin } from "./timing.ts";

export interface LineOutput {
  write(line: string): void;
  /** Resolves when the system has all lines, or after this time in milliseconds. */
  drain(timeoutMs: number): Promise<void>;
}

/** The most that may wait for the reader. */
const MAX_PENDING_CHARACTERS = 8 * 1024 * 1024;

/** Lines that do not fit, and those that a full disk does not take, are dropped. One line says how many, as soon as it can. */
export function createLineOutput(stream: Writable): LineOutput {
  let pending = 0;
  let dropped = 0;
  let broken = false;
  let onDrained = (): void => {};
  // Without a listener, a closed pipe would end the process.
  stream.on("error", () => {
    // A disk that is full has space again some time. A pipe without a reader is over.
    broken ||= !stream.writable;
    if (broken) onDrained();
  });
  /** `count` is how many dropped lines are missing without this one. */
  const send = (line: string, count: number): void => {
    pending += line.length;
    try {
      stream.write(line, (error) => {
        pending -= line.length;
        if (error) dropped += count;
        if (pending === 0) onDrained();
      });
    } catch {
      broken = true;
    }
  };
  return {
    write: (line) => {
      if (broken) return;
      if (pending + line.length > MAX_PENDING_CHARACTERS) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        const msg = `${dropped} log lines were dropped: standard output did not take them`;
        const notice = `${JSON.stringify({ level: "warn", time: new Date().toISOString(), msg })}\n`;
        const count = dropped;
        dropped = 0;
        send(notice, count);
      }
      send(line, 1);
    },
    drain: async (timeoutMs) => {
      if (pending === 0 || broken) return;
      await settlesWithin(
        new Promise<void>((resolve) => {
          onDrained = resolve;
        }),
        timeoutMs,
      );
    },
  };
}

let output: LineOutput | undefined;

/** One for the process, because it has one standard output. */
export function standardOutput(): LineOutput {
  output ??= createLineOutput(process.stdout);
  return output;
}

/** For the end of a process, so that its last lines are not lost. */
export async function drainStandardOutput(timeoutMs: number): Promise<void> {
  await output?.drain(timeoutMs);
}
