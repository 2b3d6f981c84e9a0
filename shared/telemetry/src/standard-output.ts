/** Lines to standard output that cost a request nothing: no waiting, no error, and bounded memory when nobody reads. */
import type { Writable } from "node:stream";
import { settlesWithin } from "./timing.ts";

export interface LineOutput {
  write(line: string): void;
  /** Resolves when all lines are handed to the system, or after this time. */
  drain(timeoutMs: number): Promise<void>;
}

/** Lines that a reader has not taken yet, at most. */
const MAX_PENDING_CHARACTERS = 8 * 1024 * 1024;

/** Lines that do not fit are dropped, and one line tells how many once there is room again. */
export function createLineOutput(stream: Writable): LineOutput {
  let pending = 0;
  let dropped = 0;
  let broken = false;
  let onDrained = (): void => {};
  // Without a listener a reader that went away would end the process.
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

/** One for the process. */
export function standardOutput(): LineOutput {
  output ??= createLineOutput(process.stdout);
  return output;
}

/** For the end of a process: what was logged last is what people look for. */
export async function drainStandardOutput(timeoutMs: number): Promise<void> {
  await output?.drain(timeoutMs);
}
