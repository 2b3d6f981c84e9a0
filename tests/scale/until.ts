/** Waits for a condition. */
import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
  /** @default 60000 */
  readonly timeoutMs?: number;
  /** @default 100 */
  readonly pollMs?: number;
}

/** @throws When the condition does not come true in time; what it threw last is the cause. */
export async function until(what: string, holds: () => Promise<boolean>, options: UntilOptions = {}): Promise<void> {
  const { timeoutMs = 60_000, pollMs = 100 } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      cause = error;
    }
    await sleep(pollMs);
  }
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause });
}

export async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
}
