/** Waits until everything has arrived, and reads what is stored. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../until.ts";
import type { Request } from "./load.ts";
import type { ScaleStack } from "./stack.ts";
import { compareWithStored, type Findings } from "./stored.ts";

/** The time of the decision about a trace, with the batches before and after it. */
export const decisionMs = 13_000;
const usualPatienceMs = 60_000;
const pollMs = 3000;

/** Waits until the services have no spans in their queues: all were delivered, or given up and counted. */
export async function servicesQuiet({ pair }: ScaleStack): Promise<void> {
  await until(
    "the services have nothing left to send",
    async () => {
      const { live, waiting } = await pair.spanTotals();
      return live + waiting === 0;
    },
    { timeoutMs: 120_000, pollMs: 250 },
  );
}

/** Reads again until nothing is missing, or until the time is over. */
export async function settle(
  stack: ScaleStack,
  requests: readonly Request[],
  patienceMs = usualPatienceMs,
): Promise<Findings> {
  await servicesQuiet(stack);
  await sleep(decisionMs);
  const deadline = performance.now() + patienceMs;
  while (true) {
    const findings = await look(stack, requests);
    const complete = findings?.errorsIncomplete.length === 0 && findings.othersTorn.length === 0;
    if (findings !== undefined && (complete || performance.now() > deadline)) return findings;
    if (performance.now() > deadline) throw new Error("the query API does not answer");
    await sleep(pollMs);
  }
}

/** `undefined` while the query API cannot read from the database. */
async function look({ queryUrl, ledger }: ScaleStack, requests: readonly Request[]): Promise<Findings | undefined> {
  try {
    return await compareWithStored(queryUrl, requests, ledger);
  } catch {
    return undefined;
  }
}
