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

/** Lines that do not fit are dropped. One line says how many, as soon as there is space again. */
export function createLineOutput(stream: Writable): LineOutput {
  let pending = 0;
  let dropped = 0;
  let broken = false;
  let onDrained = (): void => {};
  // Without a listener, a closed pipe would end the process.
  stream.on("error", () => {
    broken = true;
    onDrained();
  });
  const send = (line: string): void => {
    pending += line.length;
    try {
      stream.write(line, () => {
        pending -= line.length;
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
        const msg = `${dropped} log lines were dropped: standard output is not read fast enough`;
        dropped = 0;
        send(`${JSON.stringify({ level: "warn", time: new Date().toISOString(), msg })}\n`);
      }
      send(line);
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
