import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const text = await read(".github/workflows/ci.yml");
const script = await read(".ci/run");
const { permissions, jobs } = Bun.YAML.parse(text) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);

describe("the workflow", () => {
  test("runs .ci/run and no step of its own, so that both do the same", () => {
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual(["bash .ci/run"]);
    const actions = ["actions/checkout", "actions/setup-node", "actions/upload-artifact"];
    expect(steps.flatMap(({ uses }) => uses?.split("@")[0] ?? [])).toEqual(actions);
  });

  test("pins each action by the hash of a commit, and says its version", () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("may read the repository and nothing else, and leaves no credentials to the script", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect(steps[0]?.with).toMatchObject({ "persist-credentials": false });
  });

  test("keeps the bill of materials that the script makes", () => {
    const [file] = steps.flatMap(({ env }) => env?.BATON_SBOM ?? []);
    const [kept] = steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact")).map((step) => step.with);
    expect(file).toEndWith(`/${kept?.path}`);
    expect(kept).toMatchObject({ "if-no-files-found": "error" });
    expect(script).toContain(`bun run sbom "\${BATON_SBOM:-`);
  });
});

test("the script audits each lock file", () => {
  expect(script).toMatch(/^audit_dependencies$/m);
  expect(script).toMatch(/git ls-files '\*bun\.lock'[\s\S]*bun audit /);
});

interface Bot {
  readonly extends: readonly string[];
  readonly enabledManagers: readonly string[];
  readonly ignorePaths: readonly string[];
  readonly kubernetes: { readonly managerFilePatterns: readonly string[] };
  readonly customManagers: readonly { readonly customType: string; readonly matchStrings: readonly string[] }[];
  readonly [key: string]: unknown;
}

describe("the update bot", async () => {
  const bot = JSON.parse(await read("renovate.json")) as Bot;

  test("pins digests of images and of actions", () => {
    expect(bot.extends).toContain("docker:pinDigests");
    expect(bot.extends).toContain("helpers:pinGitHubActionDigests");
  });

  test("looks after every kind of file that names a version", () => {
    const ofImages = ["dockerfile", "docker-compose", "kubernetes"];
    const ofPackages = ["bun", "custom.jsonata", "npm", "gomod", "pip_requirements"];
    expect(bot.enabledManagers.toSorted()).toEqual([...ofImages, ...ofPackages, "github-actions"].toSorted());
    const [pattern = ""] = bot.kubernetes.managerFilePatterns;
    const files = new RegExp(pattern.replace(/^\/|\/$/g, ""));
    for (const path of ["base/jaeger.yaml", "overlays/scale/jaeger-query.yaml", "rendered/scale.yaml"])
      expect(`deploy/k8s/${path}`).toMatch(files);
  });

  test("looks into tests, which its recommended configuration leaves out", () => {
    expect(bot.ignorePaths).toEqual(["**/node_modules/**"]);
  });

  test("reads the catalog, whose place in package.json its manager for Bun does not know", async () => {
    const [catalog] = bot.customManagers;
    expect(catalog?.matchStrings[0]).toStartWith("$each(workspaces.catalog, ");
    expect(JSON.parse(await read("package.json"))).toHaveProperty(["workspaces", "catalog", "elysia"]);
  });

  test("waits as long for a version as the installation does", async () => {
    const seconds = Number(/^minimumReleaseAge = (\d+)$/m.exec(await read("bunfig.toml"))?.[1]);
    expect(bot.minimumReleaseAge).toBe(`${seconds / 86_400} days`);
  });
});
