/** Sends one scenario's request and waits for its trace. */
import { type ExpectTraceOptions, type FoundTrace, waitForTrace } from "@baton/trace-tree";
import type { Scenario } from "./scenario.ts";
import { type Answer, send } from "./send.ts";
import type { Stack } from "./stack.ts";

export interface ScenarioResult extends FoundTrace {
  readonly scenario: Scenario;
  readonly answer: Answer;
}

export async function runScenario(
  scenario: Scenario,
  stack: Pick<Stack, "frontUrl" | "backend" | "withoutBack">,
  options?: ExpectTraceOptions,
): Promise<ScenarioResult> {
  const { backend } = stack;
  const request = () => sendAs(scenario, stack);
  const answer = await (scenario.backAway ? stack.withoutBack(request) : request());
  const { traceId } = answer;
  const wrongStatus =
    answer.status === scenario.status ? [] : [`the answer is ${answer.status}, expected ${scenario.status}`];
  if (traceId === undefined) {
    const differences = [...wrongStatus, "the answer has no traceresponse header"];
    return { scenario, answer, traceId, tree: undefined, differences };
  }
  const { tree, differences } = await waitForTrace({ url: backend.queryUrl, traceId }, scenario.tree, options);
  return { scenario, answer, traceId, tree, differences: [...wrongStatus, ...differences] };
}

async function sendAs({ caller, request }: Scenario, { frontUrl, backend }: Pick<Stack, "frontUrl" | "backend">) {
  if (caller === undefined) return send(frontUrl, request, {});
  // The SDK takes a while to load. A demo that has not begun yet does not wait for it.
  const { sendAsCaller } = await import("./caller.ts");
  return sendAsCaller(request, caller.headers ?? {}, { frontUrl, otlpUrl: backend.otlpUrl });
}
