/** Compares the traces of requests in the Jaeger of a project with the expected ones. */
import { runScenario } from "@baton/demo/run-scenario";
import type { Scenario } from "@baton/demo/scenario";
import { scenarios } from "@baton/demo/scenarios";
import { assertTrace, readTree, verdictOf, waitForTrace } from "@baton/trace-tree";
import { until } from "../until.ts";
import { type Checks, expectNone } from "./checks.ts";
import type { Outcome } from "./load.ts";
import type { Project } from "./project.ts";

export interface Urls {
  readonly frontUrl: string;
  readonly queryUrl: string;
  readonly otlpUrl: string;
}

export async function readUrls(project: Project): Promise<Urls> {
  const [frontUrl, queryUrl, otlpUrl] = await Promise.all([
    project.url("front", 3000),
    project.url("jaeger", 16_686),
    project.url("jaeger", 4318),
  ]);
  return { frontUrl, queryUrl, otlpUrl };
}

/** Every scenario of the demo's table, with those that stop back. */
export async function checkScenarios(checks: Checks, project: Project, chosen = scenarios): Promise<void> {
  const { frontUrl, ...backend } = await readUrls(project);
  const withoutBack = async <T>(work: () => Promise<T>) => {
    await project.compose("stop", "back");
    try {
      return await work();
    } finally {
      await project.compose("start", "back");
      await untilReady(frontUrl);
    }
  };
  for (const scenario of chosen) {
    await checks.check(`${scenario.id}: ${scenario.title}`, async () => {
      assertTrace(await runScenario(scenario, { frontUrl, backend, withoutBack }));
    });
  }
}

/** `/readyz` succeeds when front reaches back. */
export async function untilReady(frontUrl: string): Promise<void> {
  await until("front reaches back", async () => {
    const { ok } = await fetch(`${frontUrl}/readyz`, { signal: AbortSignal.timeout(1000) });
    return ok || undefined;
  });
}

/** Asserts that each answered request has the tree of its scenario. */
export async function expectWhole(queryUrl: string, outcomes: readonly Outcome[]): Promise<void> {
  await expectTraces(outcomes, async (traceId, { tree }) => {
    const { differences } = await waitForTrace({ url: queryUrl, traceId }, tree);
    return differences;
  });
}

/** Asserts that each answered request has a trace with one root and no orphan, with any other spans. */
export async function expectJoined(queryUrl: string, outcomes: readonly Outcome[]): Promise<void> {
  await expectTraces(outcomes, async (traceId) => {
    const isJoined = async () => {
      const tree = await readTree({ url: queryUrl, traceId });
      const { ok, summary } = tree === undefined ? { ok: false, summary: "no such trace" } : verdictOf(tree);
      if (!ok) throw new Error(summary);
      return true;
    };
    return until("the trace is joined", isJoined, { timeoutMs: 10_000 }).then(
      () => [],
      (error) => [String(error)],
    );
  });
}

const maxDifferences = 5;

async function expectTraces(
  outcomes: readonly Outcome[],
  differencesOf: (traceId: string, scenario: Scenario) => Promise<readonly string[]>,
): Promise<void> {
  const differences: string[] = [];
  for (const { answer, scenario } of outcomes) {
    if (answer === undefined) continue;
    const found = answer.traceId === undefined ? ["no traceresponse"] : await differencesOf(answer.traceId, scenario);
    differences.push(...found.map((difference) => `${scenario.id} ${answer.traceId}: ${difference}`));
    // Each missing trace is waited for, and a few of them are enough.
    if (differences.length >= maxDifferences) break;
  }
  expectNone(differences);
}
