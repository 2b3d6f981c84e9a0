/** Waits for a condition, never for a time. */
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 20;

/** Resolves as soon as the condition holds. The test's own time-out bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(pollMs);
}
