/** "Imports" of docs/architecture.md: each forbidden import is written into a copy, and the linter must refuse it. */
import { afterAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const copy = await mkdtemp(join(tmpdir(), "baton-boundaries-"));
afterAll(() => rm(copy, { recursive: true }));

const lint = lintImports();

const byName = "Import another package by its name";
const telemetryIsCopied = "Telemetry is a package that people copy into other projects";
const oneProtocol = "An application may use only one of http/ and grpc/";
const unknownReader = "A service does not know who reads its traces";
const pageShows = "The page shows traces";
const viewerChecks = "The viewer checks what telemetry sends";
const demoIsOutside = "The demo starts the services as processes";
const callerIsAUser = "The demo's caller is a user of @baton/telemetry like any other";
const doctorIsOutside = "The doctor judges services from outside";
const doctorReadsByItself = "The doctor writes and reads headers by itself";
const casesAreData = "The cases are data";
const treeIsAlone = "People use trace-tree against any trace backend";

/** File, what it imports, the beginning of the reason. Without a reason the import is allowed. */
const imports: readonly (readonly [string, string, string?])[] = [
  ["proto/x.ts", "@baton/telemetry", "The service definition imports no other package"],
  ["proto/gen2/x.ts", "../../shared/service/src/index.ts", byName],
  ["shared/telemetry/src/x.ts", "@baton/proto/baton/dice/v1", telemetryIsCopied],
  ["shared/telemetry/src/x.ts", "@baton/front/app", telemetryIsCopied],
  ["shared/telemetry/src/x.ts", "@baton/trace-tree", telemetryIsCopied],
  ["shared/telemetry/src/x.ts", "../../service/src/index.ts", byName],
  ["shared/telemetry/src/x.ts", "../../../proto/gen/baton/dice/v1/dice.ts", byName],
  ["shared/telemetry/src/http/x.ts", "../grpc/attributes.ts", oneProtocol],
  ["shared/telemetry/src/grpc/x.ts", "../http/url.ts", oneProtocol],
  ["shared/telemetry/src/http/x.ts", "@baton/proto/baton/dice/v1", telemetryIsCopied],
  ["shared/telemetry/src/grpc/x.ts", "@baton/service", telemetryIsCopied],
  ["shared/telemetry/src/http/x.ts", "../../../service/src/index.ts", byName],
  ["shared/telemetry/src/grpc/x.ts", "../../../service/src/index.ts", byName],
  ["shared/telemetry/src/http/x.ts", "../span.ts"],
  ["shared/telemetry/src/http/x.ts", "@opentelemetry/sdk-trace-base", "Instrumentation works with any SDK"],
  ["shared/telemetry/src/http/x.ts", "@opentelemetry/sdk-trace", "Instrumentation works with any SDK"],
  ["shared/telemetry/src/http/x.ts", "../start.ts", "Set-up imports instrumentation"],
  ["shared/telemetry/src/http/x.ts", "../config/types.ts", "Set-up imports instrumentation"],
  ["shared/telemetry/src/http/x.ts", "@opentelemetry/semantic-conventions"],
  ["shared/telemetry/src/http/x.ts", "../propagation/index.ts"],
  ["shared/telemetry/src/grpc/x.ts", "@opentelemetry/core", "Instrumentation works with any SDK"],
  ["shared/telemetry/src/grpc/x.ts", "../export/traces.ts", "Set-up imports instrumentation"],
  ["shared/telemetry/src/grpc/x.ts", "../propagators.ts", "Set-up imports instrumentation"],
  ["shared/telemetry/src/grpc/x.ts", "@opentelemetry/api"],
  ["shared/telemetry/src/propagation/x.ts", "@opentelemetry/propagator-b3", "Instrumentation works with any SDK"],
  ["shared/telemetry/src/propagation/x.ts", "../config.ts", "Set-up imports instrumentation"],
  ["shared/telemetry/src/propagation/x.ts", "../grpc/attributes.ts", "http/ and grpc/ stand on these files"],
  ["shared/telemetry/src/propagation/x.ts", "@baton/proto", telemetryIsCopied],
  ["shared/telemetry/src/propagation/x.ts", "@opentelemetry/api"],
  ["shared/telemetry/src/telemetry.ts", "@opentelemetry/sdk-metrics", "Instrumentation works with any SDK"],
  ["shared/telemetry/src/span.ts", "./globals.ts", "Set-up imports instrumentation"],
  ["shared/telemetry/src/hooks.ts", "@opentelemetry/api-logs"],
  ["shared/telemetry/src/export/x.ts", "@opentelemetry/sdk-trace-base"],
  ["shared/telemetry/src/grpc/x.ts", "./attributes.ts"],
  ["shared/service/src/x.ts", "@baton/back/server", "@baton/service is the same for every service"],
  ["shared/service/src/x.ts", "@baton/telemetry", "@baton/service is the same for every service"],
  ["shared/service/src/x.ts", "../../telemetry/src/index.ts", byName],
  ["shared/trace-tree/src/x.ts", "@baton/telemetry/testing", treeIsAlone],
  ["shared/trace-tree/src/x.ts", "@baton/viewer", treeIsAlone],
  ["shared/trace-tree/src/x.ts", "../../telemetry/src/testing.ts", byName],
  ["services/front/src/x.ts", "@baton/back/server", "Front knows only the service definition of back"],
  ["services/front/src/x.ts", "@baton/viewer/answers", unknownReader],
  ["services/front/src/x.ts", "@baton/trace-tree", unknownReader],
  ["services/front/src/x.ts", "@baton/demo/scenarios", unknownReader],
  ["services/front/src/x.ts", "@baton/tests", unknownReader],
  ["services/front/src/x.ts", "@baton/tools/until", unknownReader],
  ["services/front/src/x.ts", "../../back/src/server.ts", byName],
  ["services/front/src/page/x.ts", "../../../viewer/src/viewer.ts", byName],
  ["services/front/src/page/x.ts", "@baton/viewer/answers", pageShows],
  ["services/front/src/page/x.ts", "@baton/viewer", pageShows],
  ["services/front/src/page/x.ts", "@baton/telemetry", pageShows],
  ["services/front/src/page/client/x.ts", "@baton/demo/stack", pageShows],
  ["services/front/src/page/client/x.ts", "@baton/trace-tree"],
  ["services/front/src/page/client/x.ts", "@baton/demo/scenarios"],
  ["services/front/src/page/client/x.ts", "@baton/demo/options"],
  ["services/front/src/page/client/x.ts", "@baton/demo/lab/faults"],
  ["services/front/src/page/client/x.ts", "@baton/viewer/page"],
  ["services/front/src/routes/x.ts", "@baton/viewer/page", unknownReader],
  ["services/front/src/x.ts", "@baton/telemetry"],
  ["services/front/src/x.ts", "@baton/telemetry/http"],
  ["services/front/src/x.ts", "@baton/proto/baton/dice/v1"],
  ["services/front/src/x.ts", "@baton/service"],
  ["services/back/src/x.ts", "@baton/front/app", "Back does not know who calls it"],
  ["services/back/src/x.ts", "@baton/viewer", unknownReader],
  ["services/back/src/x.ts", "@baton/trace-tree", unknownReader],
  ["services/back/src/x.ts", "@baton/demo/scenarios", unknownReader],
  ["services/back/src/x.ts", "@baton/tests", unknownReader],
  ["services/back/src/x.ts", "@baton/tools/until", unknownReader],
  ["services/back/src/x.ts", "../../front/src/app.ts", byName],
  ["services/back/src/x.ts", "@baton/telemetry/grpc"],
  ["services/back/src/x.ts", "@baton/proto/descriptor-set"],
  ["services/back/src/x.ts", "@baton/service"],
  ["services/back/src/testing/x.ts", "../server.ts"],
  ["services/viewer/src/x.ts", "@baton/telemetry", viewerChecks],
  ["services/viewer/src/x.ts", "@baton/proto/baton/dice/v1", viewerChecks],
  ["services/viewer/src/x.ts", "@baton/service", viewerChecks],
  ["services/viewer/src/x.ts", "@baton/demo/scenarios", viewerChecks],
  ["services/viewer/src/otlp/x.ts", "../../../../shared/telemetry/src/index.ts", byName],
  ["services/viewer/src/page/client/x.ts", "../../../../../shared/trace-tree/src/index.ts", byName],
  ["services/viewer/src/page/client/x.ts", "@baton/trace-tree"],
  ["demo/src/x.ts", "@baton/front/app", demoIsOutside],
  ["demo/src/x.ts", "@baton/back/server", demoIsOutside],
  ["demo/src/x.ts", "@baton/telemetry", demoIsOutside],
  ["demo/src/x.ts", "@baton/service", demoIsOutside],
  ["demo/src/x.ts", "@baton/proto/baton/dice/v1", demoIsOutside],
  ["demo/src/x.ts", "@baton/viewer", demoIsOutside],
  ["demo/src/x.ts", "@baton/tests", demoIsOutside],
  ["demo/src/x.ts", "@baton/tools/until", demoIsOutside],
  ["demo/src/x.ts", "../../services/viewer/src/viewer.ts", byName],
  ["demo/src/x.ts", "@baton/trace-tree"],
  ["demo/src/x.ts", "@baton/viewer/answers"],
  ["demo/src/caller-x.ts", "@baton/telemetry"],
  ["demo/src/caller-x.ts", "@baton/telemetry/fetch"],
  ["demo/src/caller-x.ts", "@baton/telemetry/testing", callerIsAUser],
  ["demo/src/caller-x.ts", "@baton/front/app", callerIsAUser],
  ["demo/src/caller-x.ts", "../../shared/telemetry/src/index.ts", byName],
  ["doctor/src/x.ts", "@baton/front/app", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/back/server", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/telemetry", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/telemetry/http", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/service", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/proto/baton/dice/v1", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/demo/services", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/viewer/answers", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/tests", doctorIsOutside],
  ["doctor/src/x.ts", "@baton/tools/until", doctorIsOutside],
  ["doctor/src/checks/x.ts", "@opentelemetry/core", doctorReadsByItself],
  ["doctor/src/wire/x.ts", "@opentelemetry/api", doctorReadsByItself],
  ["doctor/src/wire/x.ts", "../../../services/viewer/src/viewer.ts", byName],
  ["doctor/src/cases/x.ts", "@baton/trace-tree", casesAreData],
  ["doctor/src/cases/x.ts", "../target.ts", casesAreData],
  ["doctor/src/cases/x.ts", "./clauses.ts"],
  ["doctor/src/x.ts", "@baton/trace-tree"],
  ["doctor/src/x.ts", "@baton/viewer"],
  ["doctor/src/x.ts", "@bufbuild/protobuf"],
  ["tests/conformance/x.ts", "@baton/doctor/cases"],
  ["tests/e2e/x.ts", "@baton/front/app"],
  ["tests/e2e/x.ts", "@baton/demo/scenarios"],
  ["tests/e2e/x.ts", "@baton/tools/until"],
  ["tests/e2e/x.ts", "../support/stack.ts"],
  ["tests/e2e/x.ts", "../../services/front/src/app.ts", byName],
  ["tests/e2e/x.ts", "../../tools/until.ts", byName],
  ["tools/bench/x.ts", "@baton/telemetry/http"],
  ["tools/bench/x.ts", "../until.ts"],
  ["tools/bench/x.ts", "../../services/front/src/app.ts", byName],
  ["tools/bench/x.ts", "../../tests/support/stack.ts", byName],
];

describe("an import", () => {
  test.each(
    imports.map(
      ([from, to, reason], index) => [from, reason === undefined ? "may" : "may not", to, reason, index] as const,
    ),
  )("from %s %s reach %s", async (from, _, __, reason, index) => {
    const refusals = (await lint).get(fileOf(from, index)) ?? [];
    if (reason === undefined) expect(refusals).toEqual([]);
    else expect(refusals).toEqual([expect.stringContaining(reason)]);
  });
});

function fileOf(from: string, index: number): string {
  return from.replace(/\bx\.ts$/, `import-${index}.ts`);
}

describe("instrumentation", () => {
  test.each(["http/index.ts", "grpc/index.ts", "telemetry.ts", "span.ts"])(
    "%s loads no SDK, with all the files that it imports",
    async (entry) => {
      const loaded = await packagesLoadedBy(join(root, "shared/telemetry/src", entry));
      const allowed = [
        ...["@opentelemetry/api", "@opentelemetry/api-logs", "@opentelemetry/semantic-conventions"],
        ...["elysia", "nice-grpc-common", "@grpc/grpc-js"],
      ];
      expect(loaded).toContain("@opentelemetry/api");
      expect(loaded.filter((name) => !allowed.includes(name) && !name.startsWith("node:"))).toEqual([]);
    },
  );
});

/** The packages that a file imports at run time, itself or through others. Imports of types are left out. */
async function packagesLoadedBy(entry: string): Promise<string[]> {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const file of files) {
    if (!file.endsWith(".ts")) continue;
    for (const { path } of transpiler.scanImports(await Bun.file(file).text())) {
      if (path.startsWith(".")) files.add(join(file, "..", path));
      else packages.add(path);
    }
  }
  return [...packages];
}

/** One run of the linter for all imports. A type is an import too, so that is what each file takes. */
async function lintImports(): Promise<ReadonlyMap<string, readonly string[]>> {
  await cp(join(root, "biome.json"), join(copy, "biome.json"));
  await Bun.$`git init -q`.cwd(copy);
  await Promise.all(
    imports.map(([from, to], index) =>
      Bun.write(join(copy, fileOf(from, index)), `import type { x } from "${to}";\nexport type Y = typeof x;\n`),
    ),
  );
  const biome = join(root, "node_modules/.bin/biome");
  const output = await Bun.$`${biome} lint --only=style/noRestrictedImports --reporter=json --max-diagnostics=none`
    .cwd(copy)
    .nothrow()
    .quiet();
  return readRefusals(JSON.parse(output.stdout.toString()));
}

interface LintReport {
  readonly diagnostics: readonly { readonly message: string; readonly location: { readonly path: string } }[];
}

function readRefusals({ diagnostics }: LintReport): ReadonlyMap<string, readonly string[]> {
  const refusals = new Map<string, string[]>();
  for (const { message, location } of diagnostics) {
    refusals.set(location.path, [...(refusals.get(location.path) ?? []), message]);
  }
  return refusals;
}
