/** Waits for a condition, never for a time. */
import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
  /** Milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @default 50 */
  readonly pollMs?: number;
}

/**
 * Asks again until the answer is neither `false` nor `undefined`, and returns it. An error counts as "not yet".
 *
 * @param what The condition in words, for the message.
 * @throws Error when that takes too long; what was thrown last is in the message and is the cause.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { timeoutMs = 30_000, pollMs = 50 }: UntilOptions = {},
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(pollMs);
  }
  const reason = cause === undefined ? "" : `: ${cause instanceof Error ? cause.message : cause}`;
  throw new Error(`${what}: not within ${timeoutMs} ms${reason}`, { cause });
}
