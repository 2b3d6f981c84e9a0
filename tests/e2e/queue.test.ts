/** One message over a queue, consumed three ways: as a child, as a new trace with a link, and in a batch. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { findTraces } from "@baton/demo/lab/find-traces";
import { until } from "@baton/tools/until";
import { diagnose, type Span, type Trace, wireOf } from "@baton/trace-tree";
import { processTimeoutMs, startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({}, { lab: true });
});
afterAll(() => stack.stop());

/** The traces of the request and of the consumer, when they are complete. */
async function consume(way: string, spans: number) {
  const sinceMs = Date.now();
  const response = await fetch(`${stack.frontUrl}/lab/queue?as=${way}`);
  const consumer = (await response.json()) as { readonly traceId: string; readonly spanId: string };
  const traceId = response.headers.get("traceresponse")?.split("-")[1] ?? "";
  const search = { queryUrl: stack.backend.queryUrl, sinceMs, traceIds: [traceId, consumer.traceId] };
  let traces: readonly Trace[] = [];
  await until("all spans have arrived", async () => {
    traces = (await findTraces(search)).filter(({ traceId: id }) => search.traceIds.includes(id));
    return traces.flatMap((trace) => trace.spans).length === spans;
  });
  const all = traces.flatMap((trace) => trace.spans);
  const of = (kind: Span["kind"]) => all.filter((span) => span.kind === kind);
  const [processed] = of("consumer");
  if (processed === undefined) throw new Error("no CONSUMER span");
  expect(processed).toMatchObject({ traceId: consumer.traceId, spanId: consumer.spanId, name: "process throws" });
  expect(diagnose(traces)).toEqual([]);
  return { traceId, traces, sent: of("producer"), processed };
}

const idsOf = ({ traceId, spanId }: Span) => ({ traceId, spanId });

test("as a child: one trace, and the message carried the context", async () => {
  const { traceId, traces, sent, processed } = await consume("child", 3);
  expect(traces).toHaveLength(1);
  expect([processed.traceId, processed.parentId]).toEqual([traceId, sent[0]?.spanId]);
  expect(processed.links).toEqual([]);
  const hop = traces[0] && wireOf(traces[0]).find(({ protocol }) => protocol === "message");
  expect(hop).toMatchObject({ joinedBy: "parent", headers: [{ name: "traceparent", change: "same" }] });
});

test("as a new trace with a link to the message", async () => {
  const { traceId, sent, processed } = await consume("link", 3);
  expect(processed.traceId).not.toBe(traceId);
  expect(processed.parentId).toBeUndefined();
  expect(processed.links).toEqual(sent.map(idsOf));
});

test("as one of a batch: a new trace with a link to each message", async () => {
  const { sent, processed } = await consume("batch", 5);
  expect(sent).toHaveLength(3);
  expect(processed.parentId).toBeUndefined();
  expect(processed.links.toSorted(byId)).toEqual(sent.map(idsOf).toSorted(byId));
  expect(processed.attributes["messaging.batch.message_count"]).toBe(3);
});

function byId(a: { readonly spanId: string }, b: { readonly spanId: string }): number {
  return a.spanId.localeCompare(b.spanId);
}

test("another way is refused", async () => {
  expect((await fetch(`${stack.frontUrl}/lab/queue?as=twin`)).status).toBe(400);
});
