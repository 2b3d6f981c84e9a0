/** A service that is stopped under load loses no span of a request that it answered. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { findScenario } from "@baton/demo/scenarios";
import { send } from "@baton/demo/send";
import { assertTrace, checkTrace } from "@baton/trace-tree";
import { processTimeoutMs, startTestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

const plainRoll = findScenario("plain-roll");
const callers = 20;
const answersBeforeStop = 100;

test.each(["front", "back"] as const)("SIGTERM for %s under load", async (name) => {
  // The next batch would be sent long after the test: only the flush of the shutdown can send the spans.
  await using stack = await startTestStack({ OTEL_BSP_SCHEDULE_DELAY: "60000" });
  const answered: string[] = [];
  const enough = Promise.withResolvers<void>();
  let stopping = false;

  const call = async () => {
    while (!stopping) {
      const answer = await send(stack.frontUrl, { type: "http", path: "/rolldice" }, {}).catch(() => undefined);
      if (answer?.status === 200 && answer.traceId !== undefined) answered.push(answer.traceId);
      if (answered.length >= answersBeforeStop) enough.resolve();
    }
  };
  const calling = Promise.all(Array.from({ length: callers }, call));
  await enough.promise;
  const stopped = stack.supervisor.stop(name);
  await stopped;
  stopping = true;
  await calling;
  await stack.supervisor.stop("front");
  await stack.supervisor.stop("back");

  expect(answered.length).toBeGreaterThanOrEqual(answersBeforeStop);
  for (const traceId of answered)
    assertTrace(await checkTrace({ url: stack.backend.queryUrl, traceId }, plainRoll.tree));
});
