/** `telemetryFrom()` with version 3 of the SDK, in a project of its own: ../sdk-3. It is installed as its lock file says. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const telemetry = fileURLToPath(new URL("../../shared/telemetry", import.meta.url));
const project = await mkdtemp(join(tmpdir(), "baton-sdk-3-"));
afterAll(() => rm(project, { recursive: true }));

interface Recorded {
  readonly answer: string;
  readonly spans: readonly {
    readonly kind: string;
    readonly name: string;
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
  }[];
  readonly metrics: readonly { readonly name: string; readonly unit: string; readonly points: readonly object[] }[];
}

let recorded: Recorded;
beforeAll(async () => {
  await cp(fileURLToPath(new URL("../sdk-3", import.meta.url)), project, { recursive: true });
  await run(["install", "--frozen-lockfile", "--silent"]);
  await installTelemetry();
  recorded = JSON.parse(await run(["main.ts"]));
}, 60_000);

describe("an application on version 3 of the SDK", () => {
  test("answers, and its HTTP and gRPC spans are one trace, each the parent of the next", () => {
    expect(recorded.answer).toBe("hello");
    const byKind = (kind: string, name: string) =>
      recorded.spans.find((span) => span.kind === kind && span.name === name);
    const chain = [
      byKind("CLIENT", "GET"),
      byKind("SERVER", "GET /echo/:word"),
      byKind("CLIENT", "test.v1.Echo/Echo"),
      byKind("SERVER", "test.v1.Echo/Echo"),
    ];
    expect(recorded.spans).toHaveLength(chain.length);
    expect(chain.map((span) => span?.parentSpanId)).toEqual([
      undefined,
      ...chain.slice(0, -1).map((span) => span?.spanId ?? "missing"),
    ]);
    expect(new Set(recorded.spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  test.each([
    "http.client.request.duration",
    "http.server.request.duration",
    "rpc.client.call.duration",
    "rpc.server.call.duration",
  ])("%s has one point, in seconds, with the buckets of the conventions", (name) => {
    const metric = recorded.metrics.find((found) => found.name === name);
    expect(metric?.unit).toBe("s");
    expect(metric?.points).toMatchObject([
      {
        count: 1,
        buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
      },
    ]);
  });
});

/**
 * Copies the package into the project. What the project has, such as its `@opentelemetry/api`, the package then shares
 * with it, as it does where `bun add` installs it. Its other dependencies are linked.
 */
async function installTelemetry(): Promise<void> {
  const target = join(project, "node_modules/@baton/telemetry");
  await cp(join(telemetry, "src"), join(target, "src"), { recursive: true });
  await cp(join(telemetry, "package.json"), join(target, "package.json"));
  const installed = new Set(await packagesIn(join(project, "node_modules")));
  const missing = (await packagesIn(join(telemetry, "node_modules"))).filter((name) => !installed.has(name));
  for (const name of missing) {
    const link = join(target, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(telemetry, "node_modules", name), link);
  }
}

async function packagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const scoped = names.filter((name) => name.startsWith("@"));
  const inScopes = scoped.map(async (scope) => (await readdir(join(folder, scope))).map((name) => `${scope}/${name}`));
  return [...names.filter((name) => !/^[@.]/.test(name)), ...(await Promise.all(inScopes)).flat()];
}

async function run(args: readonly string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, ...args], { cwd: project, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`bun ${args.join(" ")} ended with ${code}:\n${out}${err}`);
  return out;
}
