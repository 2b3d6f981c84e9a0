import { expect, test } from "bun:test";
import { startTestTelemetry } from "@baton/telemetry/testing";
import type { BrokerKind } from "./broker.ts";
import { inProcess } from "./in-process.ts";
import { createQueue } from "./queue.ts";

/** A topic to which others send too, and which says where each message is. */
const shared: BrokerKind = {
  ...inProcess,
  async open(onMessage) {
    let offset = 0;
    const queue = await inProcess.open((message) => {
      offset += 1;
      onMessage({ job: "of another front", headers: {}, attributes: {} });
      onMessage({ ...message, attributes: { "messaging.kafka.offset": offset } });
    });
    return queue;
  },
};

test("each link of a batch says which message it is for, and messages of others are not in it", async () => {
  const memory = startTestTelemetry();
  const queue = createQueue(memory.telemetry, shared);
  const { traceId, spanId } = await queue.sendAndConsume("batch");
  const spans = await memory.waitForSpans(4);
  const sent = spans.filter(({ kind }) => kind === "PRODUCER");
  const processed = spans.find((span) => span.spanId === spanId);
  expect(processed).toMatchObject({ kind: "CONSUMER", traceId, parentSpanId: undefined });
  expect(processed?.attributes["messaging.batch.message_count"]).toBe(3);
  expect(processed?.attributes).not.toHaveProperty("messaging.kafka.offset");
  expect(processed?.links.map(({ context, attributes }) => [context.spanId, attributes])).toEqual(
    sent.map((span, index) => [span.spanId, { "messaging.kafka.offset": index + 1 }]),
  );
  await queue.close();
  await memory.shutdown();
});

test("a broker that could not be opened is tried again with the next message", async () => {
  const memory = startTestTelemetry();
  let tries = 0;
  const late: BrokerKind = {
    ...inProcess,
    open(onMessage) {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error("not yet")) : inProcess.open(onMessage);
    },
  };
  const queue = createQueue(memory.telemetry, late);
  await expect(queue.sendAndConsume("link")).rejects.toMatchObject({
    problem: { status: 503, detail: "The messages cannot be sent: not yet" },
  });
  expect(await queue.sendAndConsume("link")).toMatchObject({ system: "in_process" });
  await queue.close();
  await memory.shutdown();
});
