/** The same over a real Kafka, where BATON_REAL_KAFKA names a program that starts one (docs/lab.md). */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queueScenarios } from "@baton/demo/lab/queue";
import { type ManagedProcess, startProcess } from "@baton/tools/scale/process";
import { checkQueueScenario } from "../support/queue.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";

// A broker takes seconds to start, and minutes where it has to be fetched first.
setDefaultTimeout(600_000);

const program = Bun.which(process.env.BATON_REAL_KAFKA ?? "");
if (program === null)
  console.warn("Skipped: the queue on a real Kafka. Set BATON_REAL_KAFKA to a program that starts one.");

/** The tests of the pipeline use 127.0.0.1 to 127.0.0.3. */
const address = "127.0.0.4";
const broker = `${address}:9092`;

describe.skipIf(program === null)("the queue on a Kafka", () => {
  let folder: string;
  let kafka: ManagedProcess;
  let stack: TestStack;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "baton-kafka-"));
    kafka = await startProcess({
      name: "kafka",
      command: [program ?? "", "run", join(folder, "data"), address, address],
      logs: folder,
      ready: (line) => line(/^ready on /),
      startTimeoutMs: 500_000,
    });
    stack = await startTestStack({ LAB: "1", LAB_KAFKA_BROKERS: broker });
  });
  afterAll(async () => {
    await stack?.stop();
    await kafka?.stop();
    await rm(folder, { recursive: true });
  });

  test.each(queueScenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_, scenario) => {
    const { sent, processed } = await checkQueueScenario(scenario, stack);
    for (const { attributes } of [...sent, processed]) expect(attributes["messaging.system"]).toBe("kafka");
    for (const { attributes } of sent) expect(attributes["messaging.destination.partition.id"]).toMatch(/^\d+$/);
    expect(processed.attributes["messaging.consumer.group.name"]).toMatch(/^baton-front-/);
    const offset = processed.attributes["messaging.kafka.offset"];
    if (sent.length === 1) expect(offset).toBeGreaterThanOrEqual(0);
    else expect(offset).toBeUndefined();
  });

  test("requests at the same time each get their own messages", async () => {
    await Promise.all([...queueScenarios, ...queueScenarios].map((scenario) => checkQueueScenario(scenario, stack)));
  });
});

test("a Kafka that does not answer is 503, and its address is named", async () => {
  await using stack = await startTestStack({ LAB: "1", LAB_KAFKA_BROKERS: "127.0.0.1:1" });
  const response = await fetch(`${stack.frontUrl}/lab/queue`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    detail: "The messages cannot be sent: Connection error: connect ECONNREFUSED 127.0.0.1:1",
  });
});
