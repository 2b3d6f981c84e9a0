/** Waits for a condition. */
import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
  /** @default 30000 */
  readonly timeoutMs?: number;
}

const pollMs = 50;

/**
 * Asks until the answer is not `undefined`. An error counts as "not yet".
 * @throws When that takes too long, with the last error.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  { timeoutMs = 30_000 }: UntilOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let reason = "";
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      reason = "";
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : error}`;
    }
    await sleep(pollMs);
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms${reason}`);
}
