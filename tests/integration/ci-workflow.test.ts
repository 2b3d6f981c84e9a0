import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>
  >;
}

test("the workflow runs .ci/run and no step of its own, so that both do the same", async () => {
  const text = await readFile(new URL("../../.github/workflows/ci.yml", import.meta.url), "utf8");
  const { jobs } = Bun.YAML.parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual(["bash .ci/run"]);
  expect(steps.flatMap(({ uses }) => uses?.split("@")[0] ?? [])).toEqual(["actions/checkout", "actions/setup-node"]);
});
