/** What the images run: each service as one file, without node_modules, with every exporter that can be configured. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildProcess, root, startChildProcess } from "@baton/demo/child-process";
import { runScenario } from "@baton/demo/run-scenario";
import { findScenario } from "@baton/demo/scenarios";
import { assertTrace } from "@baton/trace-tree";
import { startViewer, type Viewer } from "@baton/viewer";
import { processTimeoutMs } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

let directory: string;
let viewer: Viewer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "baton-bundle-"));
  viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
  await Promise.all(["front", "back"].map(bundle));
});

afterAll(async () => {
  await viewer.stop();
  await rm(directory, { recursive: true });
});

/** As the Dockerfile does. */
async function bundle(service: string): Promise<void> {
  const outdir = join(directory, service);
  const entry = join(root, "services", service, "src/main.ts");
  const { success } = await Bun.build({ entrypoints: [entry], target: "bun", sourcemap: "linked", outdir });
  expect(success).toBe(true);
  // A process of its own, as the name of the program decides that it writes.
  const page = join(outdir, "page.json");
  if (service === "front") await Bun.$`${process.execPath} services/front/src/page/build.ts ${page}`.cwd(root).quiet();
}

test.each(["front", "back"])("%s exports with OpenTelemetry's own exporter and batch processor", async (service) => {
  const map = await Bun.file(join(directory, service, "main.js.map")).json();
  const packages = new Set(
    (map.sources as string[]).flatMap(
      (source) => /.*\/node_modules\/(@opentelemetry\/[^/]+)\//.exec(source)?.[1] ?? [],
    ),
  );
  expect([...packages]).toContain("@opentelemetry/exporter-trace-otlp-proto");
  expect([...packages]).toContain("@opentelemetry/sdk-trace-base");
});

test("the page is made of the demo's tables, and has nothing of telemetry", async () => {
  const entry = join(root, "services/front/src/page/client/main.ts");
  const { outputs } = await Bun.build({ entrypoints: [entry], target: "browser", sourcemap: "external" });
  const map = await outputs.find(({ kind }) => kind === "sourcemap")?.json();
  const sources = map?.sources as string[];
  expect(sources.filter((source) => source.includes("demo/src/scenarios.ts"))).toHaveLength(1);
  expect(sources.filter((source) => /shared\/telemetry|@opentelemetry|demo\/src\/caller/.test(source))).toEqual([]);
});

function start(service: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  return startChildProcess({
    name: service,
    path: join(directory, service, "main.js"),
    env: { ...env, OTEL_BSP_SCHEDULE_DELAY: "100", OTEL_EXPORTER_PROMETHEUS_PORT: "0" },
    readUrl: (line) => new RegExp(`"(?:url|address)":"(\\S+?)/?","msg":"${service} answers `).exec(line)?.[1],
  });
}

test.each([
  ["http/protobuf", () => viewer.otlpUrl],
  ["http/json", () => viewer.otlpUrl],
  ["grpc", () => viewer.otlpGrpcUrl],
])("a bundled pair sends whole traces over %s", async (protocol, endpoint) => {
  const telemetry = {
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
    OTEL_METRICS_EXPORTER: "prometheus",
    OTEL_PROPAGATORS: "tracecontext,baggage,b3",
    // Bun must not download a package that the bundle lacks.
    BUN_CONFIG_REGISTRY: "http://127.0.0.1:1",
  };
  const back = await start("back", { ...telemetry, BACK_PORT: "0" });
  const front = await start("front", { ...telemetry, FRONT_PORT: "0", BACK_ADDRESS: back.url });
  try {
    const stack = {
      frontUrl: front.url,
      backend: { queryUrl: viewer.url, otlpUrl: viewer.otlpUrl },
      withoutBack: () => Promise.reject(new Error("back stays")),
    };
    assertTrace(await runScenario(findScenario("list-of-rolls"), stack));
    expect(await (await fetch(`${front.url}/`)).text()).toContain("/assets/page.js");
    expect((await fetch(`${front.url}/assets/page.js`)).status).toBe(200);
  } finally {
    await front.stop();
    await back.stop();
  }
});
