/** Sends one scenario's request and waits for its trace. */
import { type ExpectTraceOptions, type FoundTrace, waitForTrace } from "@baton/trace-tree";
import { startCallerSpan } from "./caller.ts";
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
  const { answer, traceId } = await (scenario.backAway ? stack.withoutBack(request) : request());
  const wrongStatus =
    answer.status === scenario.status ? [] : [`the answer is ${answer.status}, expected ${scenario.status}`];
  if (traceId === undefined) {
    const differences = [...wrongStatus, "the answer has no traceresponse header"];
    return { scenario, answer, traceId, tree: undefined, differences };
  }
  const { tree, differences } = await waitForTrace({ url: backend.queryUrl, traceId }, scenario.tree, options);
  return { scenario, answer, traceId, tree, differences: [...wrongStatus, ...differences] };
}

/** The trace id comes from the answer, or from the span of the caller when the caller began the trace. */
async function sendAs({ caller, request }: Scenario, { frontUrl, backend }: Pick<Stack, "frontUrl" | "backend">) {
  if (caller === undefined) {
    const answer = await send(frontUrl, request, {});
    return { answer, traceId: answer.traceId };
  }
  const span = startCallerSpan(caller.spanName);
  const answer = await send(frontUrl, request, { ...caller.headers, traceparent: span.traceparent });
  await span.end(backend.otlpUrl);
  return { answer, traceId: span.traceId };
}
