/** Sends the request of one way over the queue, and waits for its trace and the consumer's. */
import { type ExpectTraceOptions, type FoundTrace, waitForTrace } from "@baton/trace-tree";
import { runScenario } from "../run-scenario.ts";
import type { Stack } from "../stack.ts";
import { consumerTraceOf, type QueueScenario } from "./queue.ts";

export interface QueueResult {
  readonly request: FoundTrace;
  /** The same trace, where the consumer begins none. */
  readonly consumer: FoundTrace;
}

export async function runQueueScenario(
  scenario: QueueScenario,
  stack: Pick<Stack, "frontUrl" | "backend" | "withoutBack">,
  options?: ExpectTraceOptions,
): Promise<QueueResult> {
  const request = await runScenario(scenario, stack, options);
  if (scenario.consumer === undefined) return { request, consumer: request };
  const traceId = consumerTraceOf(request.answer.lines);
  if (traceId === undefined) {
    const differences = ["the answer does not name the consumer's trace"];
    return { request, consumer: { traceId, tree: undefined, differences } };
  }
  const source = { url: stack.backend.queryUrl, traceId };
  return { request, consumer: await waitForTrace(source, scenario.consumer, options) };
}
