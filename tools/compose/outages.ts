/** A service stops under load and comes back. */
import { findScenario } from "@baton/demo/scenarios";
import { until } from "../until.ts";
import { type Checks, expectNone } from "./checks.ts";
import { hasStatus, type Outcome, startLoad } from "./load.ts";
import type { Project } from "./project.ts";
import { expectJoined, expectWhole, readUrls } from "./traces.ts";

const rolls = Array.from({ length: 4 }, () => findScenario("list-of-rolls"));

/** Front waits 2 s for back; the rest is for a busy machine. */
const longestAnswerMs = 4000;

export async function checkBackOutage(checks: Checks, project: Project): Promise<void> {
  const { frontUrl, queryUrl } = await readUrls(project);
  let outcomes: readonly Outcome[] = [];
  await checks.check("back stops under load: front answers 503 or 504, and 200 again when back is there", async () => {
    const load = startLoad(frontUrl, rolls);
    try {
      await load.more(40, "answered with 200", hasStatus(200));
      await project.compose("stop", "back");
      await load.more(10, "answered with 503", hasStatus(503));
      await project.compose("start", "back");
      await load.more(40, "answered with 200", hasStatus(200));
    } finally {
      outcomes = await load.stop();
    }
    // Until the address of the container is forgotten, connecting to it gets no answer, not even a refusal: that is a 504.
    expectNone(unexpected(outcomes, [200, 503, 504]));
  });
  await checks.check(`no request waited longer than ${longestAnswerMs} ms`, async () => expectNone(slow(outcomes)));
  await checks.check("the trace of each of them has one root and no orphan", async () => {
    await expectJoined(queryUrl, outcomes);
  });
}

export async function checkJaegerOutage(checks: Checks, project: Project): Promise<void> {
  const { frontUrl } = await readUrls(project);
  let outcomes: readonly Outcome[] = [];
  let sinceReturn: readonly Outcome[] = [];
  await checks.check("Jaeger stops under load: every request is answered with 200", async () => {
    const load = startLoad(frontUrl, rolls);
    try {
      await load.more(40, "answered with 200", hasStatus(200));
      await project.compose("stop", "jaeger");
      await load.more(100, "answered with 200", hasStatus(200));
      await project.compose("start", "jaeger");
      await untilAnswers(await project.url("jaeger", 16_686));
      const returnedAt = performance.now();
      await load.more(40, "answered with 200", hasStatus(200));
      sinceReturn = load.outcomes.filter(({ startedAt }) => startedAt > returnedAt);
    } finally {
      outcomes = await load.stop();
    }
    expectNone(unexpected(outcomes, [200]));
  });
  await checks.check(`no request waited longer than ${longestAnswerMs} ms`, async () => expectNone(slow(outcomes)));
  await checks.check("the traces are whole from Jaeger's return on", async () => {
    if (sinceReturn.length === 0) throw new Error("there are none");
    await expectWhole(await project.url("jaeger", 16_686), sinceReturn);
  });
}

async function untilAnswers(queryUrl: string): Promise<void> {
  await until("Jaeger answers", async () => (await fetch(`${queryUrl}/api/services`)).ok || undefined);
}

function unexpected(outcomes: readonly Outcome[], allowed: readonly number[]): readonly string[] {
  const statuses = outcomes.map(({ answer }) => answer?.status).filter((status) => !allowed.includes(status ?? 0));
  return [...new Set(statuses)].map(
    (status) =>
      `${statuses.filter((each) => each === status).length} of ${outcomes.length} got ${status ?? "no answer"}`,
  );
}

function slow(outcomes: readonly Outcome[]): readonly string[] {
  const longest = Math.max(0, ...outcomes.map(({ startedAt, endedAt }) => endedAt - startedAt));
  if (outcomes.length === 0) return ["there were no requests"];
  return longest <= longestAnswerMs ? [] : [`the longest took ${Math.round(longest)} ms`];
}
