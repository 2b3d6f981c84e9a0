/** The lab's own pair, with the proxy between the two, and the healthy pair beside it. */
import { faults } from "@baton/demo/lab/faults";
import { runFault, runMended } from "@baton/demo/lab/run-fault";
import type { Diagnosis } from "@baton/trace-tree";
import { type Checks, expectNone } from "./checks.ts";
import type { Project } from "./project.ts";
import { readUrls } from "./traces.ts";

/** Each fault of the table: the diagnosis names its cause from what is in Jaeger, and has no finding without the fault. */
export async function checkFaults(checks: Checks, project: Project): Promise<void> {
  const { queryUrl, otlpUrl } = await readUrls(project);
  const lab = { frontUrl: await project.url("lab-front", 3000), backend: { queryUrl, otlpUrl } };
  for (const fault of faults) {
    await checks.check(`${fault.id}: the diagnosis names ${fault.cause}, and nothing when it is mended`, async () => {
      const broken = await runFault(fault, lab);
      const mended = await runMended(fault, lab);
      expectNone([
        ...(broken.ok ? [] : [`broken: ${describe(broken.findings)}`]),
        ...(mended.ok ? [] : [`mended: ${describe(mended.findings)}`]),
      ]);
    });
  }
}

/** The pair that is always there can make no fault, also while the lab runs. */
export async function checkHealthyPair(checks: Checks, project: Project): Promise<void> {
  const { frontUrl } = await readUrls(project);
  await checks.check("the other pair knows no fault", async () => {
    const headers = { "x-lab-fault": "back-away" };
    const [roll, standing] = await Promise.all([
      fetch(`${frontUrl}/rolldice`, { headers }),
      fetch(`${frontUrl}/lab/fault`),
    ]);
    expectNone([
      ...(roll.status === 200 ? [] : [`a request that asks for a fault is answered with ${roll.status}`]),
      ...(standing.status === 404 ? [] : [`/lab/fault is answered with ${standing.status}`]),
    ]);
  });
}

function describe(findings: readonly Diagnosis[]): string {
  return findings.map(({ cause, grade }) => `${cause} (${grade})`).join(", ") || "no finding";
}
