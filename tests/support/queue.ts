/** What holds for each way over the queue, in front's process and over a Kafka. */
import { expect } from "bun:test";
import type { QueueScenario } from "@baton/demo/lab/queue";
import { runQueueScenario } from "@baton/demo/lab/run-queue";
import { assertTrace, diagnose, type Span, wireOf } from "@baton/trace-tree";
import type { TestStack } from "./stack.ts";

const idsOf = ({ traceId, spanId }: Pick<Span, "traceId" | "spanId">) => `${traceId} ${spanId}`;

/** Sends it, and checks both trees, the links, the wire and the diagnosis. @returns The PRODUCER spans, and the CONSUMER span. */
export async function checkQueueScenario(scenario: QueueScenario, stack: TestStack) {
  const { request, consumer } = await runQueueScenario(scenario, stack);
  assertTrace(request);
  assertTrace(consumer);
  const traces = [...new Set([request, consumer])].flatMap(({ tree }) => tree?.trace ?? []);
  expect(traces).toHaveLength(scenario.consumer === undefined ? 1 : 2);
  const spans = traces.flatMap((trace) => trace.spans);
  const sent = spans.filter(({ kind }) => kind === "producer");
  const [processed, ...more] = spans.filter(({ kind }) => kind === "consumer");
  if (processed === undefined) throw new Error("no CONSUMER span");
  expect(more).toEqual([]);
  const linked = scenario.consumer === undefined ? [] : sent;
  expect(processed.links.map(idsOf).toSorted()).toEqual(linked.map(idsOf).toSorted());
  expect(diagnose(traces)).toEqual([]);
  if (scenario.consumer === undefined) {
    const hop = traces[0] && wireOf(traces[0]).find(({ protocol }) => protocol === "message");
    expect(hop?.joinedBy).toBe("parent");
    expect(hop?.headers).toContainEqual(expect.objectContaining({ name: "traceparent", change: "same" }));
  }
  return { sent, processed };
}
