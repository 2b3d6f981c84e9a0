/** front and back are stopped under load. */
import type { Scenario } from "@baton/demo/scenario";
import { findScenario } from "@baton/demo/scenarios";
import { type Checks, expectNone } from "./checks.ts";
import { hasStatus, type Outcome, startLoad } from "./load.ts";
import type { Project } from "./project.ts";
import { expectWhole, readUrls } from "./traces.ts";

/** `stop_grace_period` of each in compose.yaml; front is stopped first, because it depends on back. */
const graceMs = 2 * 20_000;

/** A stream that takes about a second, so that some are always running. */
const slowStream = ((): Scenario => {
  const stream = findScenario("stream");
  const rolls = 10;
  return {
    ...stream,
    id: "slow-stream",
    request: { type: "http", path: `/rolldice/stream?rolls=${rolls}&interval_ms=100` },
    tree: repeatLeaf(stream.tree, rolls),
  };
})();

export async function checkStopping(checks: Checks, project: Project): Promise<void> {
  const { frontUrl, queryUrl } = await readUrls(project);
  let outcomes: readonly Outcome[] = [];
  let stoppedAt = Number.POSITIVE_INFINITY;
  const roll = findScenario("list-of-rolls");
  await checks.check("`stop front back` under load ends within the grace period, each with exit code 0", async () => {
    const load = startLoad(frontUrl, [roll, roll, roll, slowStream, slowStream, slowStream]);
    try {
      await load.more(100, "answered with 200", hasStatus(200));
      stoppedAt = performance.now();
      await project.compose("stop", "front", "back");
      const tookMs = performance.now() - stoppedAt;
      if (tookMs > graceMs) throw new Error(`it took ${Math.round(tookMs)} ms`);
    } finally {
      outcomes = await load.stop();
    }
    expectNone(await badExits(project));
  });
  await checks.check("the streams that were running then were finished", async () => {
    const underWay = outcomes.filter(({ startedAt, endedAt }) => startedAt < stoppedAt && endedAt > stoppedAt);
    const cut = underWay.filter(({ scenario, answer }) => scenario.id === "slow-stream" && answer?.status !== 200);
    if (underWay.length === 0) throw new Error("no stream was running");
    expectNone(cut.map(({ answer }) => `a stream got ${answer?.status ?? "no answer, or not all of it"}`));
  });
  await checks.check("every span of every request that was answered is in Jaeger", async () => {
    await expectWhole(queryUrl, outcomes);
  });
  await project.up();
}

async function badExits(project: Project): Promise<readonly string[]> {
  const containers = await project.containers();
  return containers
    .filter(({ Config }) => ["front", "back"].includes(Config.Labels["com.docker.compose.service"] ?? ""))
    .filter(({ State }) => State.ExitCode !== 0)
    .map(({ Name, State }) => `${Name} ended with ${State.ExitCode}`);
}

/** The same tree with its first leaf repeated. */
function repeatLeaf(span: Scenario["tree"], times: number): Scenario["tree"] {
  const [first] = span.children ?? [];
  if (first === undefined) return span;
  const isLeaf = (first.children ?? []).length === 0;
  return { ...span, children: isLeaf ? Array.from({ length: times }, () => first) : [repeatLeaf(first, times)] };
}
