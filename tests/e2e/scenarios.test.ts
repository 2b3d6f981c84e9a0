/** Each scenario of the demo, sent to front and back as real processes, must give its answer and its tree. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { optionScenarios } from "@baton/demo/options";
import { runScenario, type ScenarioResult } from "@baton/demo/run-scenario";
import { scenarios } from "@baton/demo/scenarios";
import { until } from "@baton/tools/until";
import { assertTrace, checkTrace } from "@baton/trace-tree";
import { processTimeoutMs, startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

let stack: TestStack;
const results: ScenarioResult[] = [];
beforeAll(async () => {
  // The endpoints of the options are a part of the lab.
  stack = await startTestStack({ LAB: "1" });
});
afterAll(() => stack.stop());

describe("scenario", () => {
  test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_, scenario) => {
    const result = await runScenario(scenario, stack);
    results.push(result);
    assertTrace(result);
  });
});

describe("option", () => {
  test.each(optionScenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_, scenario) => {
    const result = await runScenario(scenario, stack);
    results.push(result);
    assertTrace(result);
  });
});

test("an option that adds a metric adds it", async () => {
  const wanted = optionScenarios.flatMap(({ metrics = [] }) => metrics);
  const url = `${stack.backend.queryUrl}/api/viewer/metrics`;
  // A Jaeger keeps none, and answers with its page.
  if (!(await fetch(url)).headers.get("content-type")?.includes("json")) return;
  const missing = async () => {
    const { data } = (await (await fetch(url)).json()) as { readonly data: readonly { readonly name: string }[] };
    return wanted.filter((name) => !data.some((metric) => metric.name === name));
  };
  await until("each metric has arrived", async () => (await missing()).length === 0);
  expect(wanted.length).toBe(4);
});

test("no span is late: the spans that front and back send while they stop belong to no trace above", async () => {
  await stack.supervisor.stop("front");
  await stack.supervisor.stop("back");
  expect(results).toHaveLength(scenarios.length + optionScenarios.length);
  for (const { scenario, traceId = "" } of results) {
    assertTrace(await checkTrace({ url: stack.backend.queryUrl, traceId }, scenario.tree));
  }
});
