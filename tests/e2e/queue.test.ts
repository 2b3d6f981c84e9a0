/** One message over a queue in front's process, consumed three ways: as a child, as a new trace with a link, and in a batch. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { queueScenarios } from "@baton/demo/lab/queue";
import { checkQueueScenario } from "../support/queue.ts";
import { processTimeoutMs, startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ LAB: "1", LAB_KAFKA_BROKERS: "" });
});
afterAll(() => stack.stop());

test.each(queueScenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_, scenario) => {
  const { sent, processed } = await checkQueueScenario(scenario, stack);
  for (const { attributes } of [...sent, processed]) expect(attributes["messaging.system"]).toBe("in_process");
});

test("a fault of the lab is made on the queue too, and the message still arrives", async () => {
  const headers = { "x-lab-fault": "malformed-twice" };
  const response = await fetch(`${stack.frontUrl}/lab/queue?as=child`, { headers });
  const { traceId } = (await response.json()) as { readonly traceId: string };
  expect(response.status).toBe(200);
  expect(response.headers.get("traceresponse")).not.toContain(traceId);
});

test("another way is refused", async () => {
  const refused = await fetch(`${stack.frontUrl}/lab/queue?as=twin`);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ errors: [{ field: "as", rule: "one of child, link, batch" }] });
});
