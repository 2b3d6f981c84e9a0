/**
 * `bun run test:compose`: the containers of compose.yaml with a real Jaeger, checked from outside. It is a program of
 * its own and not run by `bun test`, because it needs a container engine and takes minutes.
 */
import { randomBytes } from "node:crypto";
import { findScenario, scenarios } from "@baton/demo/scenarios";
import { profiles } from "../../deploy/compose/profiles.ts";
import { until } from "../until.ts";
import { createChecks, expectNone } from "./checks.ts";
import { checkFaults, checkHealthyPair } from "./lab.ts";
import { checkMetrics } from "./metrics.ts";
import { checkBackOutage, checkJaegerOutage } from "./outages.ts";
import { createProject } from "./project.ts";
import { checkRights } from "./rights.ts";
import { checkStopping } from "./stopping.ts";
import { checkScenarios, readUrls } from "./traces.ts";

const checks = createChecks();
const project = createProject(`baton-test-${randomBytes(4).toString("hex")}`);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    console.log(`\n${signal}: removing the containers`);
    void project.remove().finally(() => process.exit(1));
  });
}

try {
  console.log(`project ${project.name}`);
  for (const tag of project.byTag)
    console.log(`${tag} is used by its tag: this engine has another image than the digest names`);
  await runSections();
  if (!checks.ok) console.log(`\n${await project.compose("logs", "--no-color", "--tail", "40", "front", "back")}`);
} catch (error) {
  await checks.check("all sections run to their end", () => Promise.reject(error));
} finally {
  checks.heading("The end");
  await checks.check("nothing is left behind", project.remove);
}
console.log(`\n${checks.summary()}`);
process.exit(checks.ok ? 0 : 1);

/** The sections that are named on the command line, or all of them. */
async function runSections(): Promise<void> {
  const sections = {
    file: checkFile,
    default: runDefault,
    outages: runOutages,
    metrics: runMetrics,
    collector: runCollector,
    grpc: runGrpc,
    lab: runLab,
  };
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !Object.hasOwn(sections, name));
  if (unknown.length > 0) throw new Error(`unknown section: ${unknown}; there are ${Object.keys(sections)}`);
  for (const [name, run] of Object.entries(sections)) if (names.length === 0 || names.includes(name)) await run();
}

async function checkFile(): Promise<void> {
  checks.heading("compose.yaml");
  for (const selected of [[], ["metrics"], ["collector"], ["lab"], profiles] as const) {
    await checks.check(`is clean with ${selected.join(" and ") || "no profile"}`, async () => {
      const warnings = await project.warnings(selected);
      expectNone(warnings === "" ? [] : [warnings]);
    });
  }
}

async function runDefault(): Promise<void> {
  checks.heading("front, back and Jaeger");
  if (!(await checks.check("they are built, start, and are healthy", project.up))) return;
  await checkRights(checks, project, 3);
  await checkScenarios(checks, project);
  await checks.check("Jaeger does not trace itself", async () => {
    const { queryUrl } = await readUrls(project);
    const { data } = (await (await fetch(`${queryUrl}/api/services`)).json()) as { readonly data: readonly string[] };
    expectNone(data.filter((service) => !["demo", "front", "back"].includes(service)));
  });
}

async function runOutages(): Promise<void> {
  checks.heading("Outages");
  if (!(await checks.check("front, back and Jaeger are healthy", project.up))) return;
  await checkBackOutage(checks, project);
  await checkJaegerOutage(checks, project);
  await checkStopping(checks, project);
}

async function runMetrics(): Promise<void> {
  checks.heading("Profile metrics");
  if (!(await checks.check("it starts, and is healthy", () => project.up(["metrics"])))) return;
  await checkMetrics(checks, project);
  await checkRights(checks, project, 4);
}

async function runCollector(): Promise<void> {
  checks.heading("Profile collector");
  if (!(await checks.check("it starts, and is healthy", () => project.up(["collector"])))) return;
  await checks.check("the services send to it", () => expectEndpoint("http://collector:4318"));
  await checkScenarios(
    checks,
    project,
    scenarios.filter(({ backAway }) => !backAway),
  );
  await checkRights(checks, project, 5);
  await checks.check("it takes metrics and log records too", async () => {
    const address = "http://collector:8889/metrics";
    const ask = [
      "exec",
      "--no-TTY",
      "front",
      "/usr/local/bin/bun",
      "--print",
      `await (await fetch("${address}")).text()`,
    ];
    const hasMetric = async () =>
      (await project.compose(...ask)).includes("http_server_request_duration_seconds_count{");
    // Services send their metrics once a minute.
    await until("it has a metric of front", hasMetric, { timeoutMs: 90_000, pollMs: 2000 });
    await until("it has a log record", async () =>
      (await project.compose("logs", "collector")).includes("log records"),
    );
  });
}

/** The exporter for gRPC is loaded only when it is configured, so the bundle in the image must contain it. */
async function runGrpc(): Promise<void> {
  checks.heading("OTLP over gRPC, straight to Jaeger");
  const variables = { BATON_OTLP_ENDPOINT: "http://jaeger:4317", BATON_OTLP_PROTOCOL: "grpc" };
  if (!(await checks.check("front and back start with it", () => project.up([], variables)))) return;
  await checks.check("the services send to it", () => expectEndpoint("http://jaeger:4317"));
  await checkScenarios(checks, project, [
    findScenario("plain-roll"),
    findScenario("stream"),
    findScenario("table-game"),
  ]);
}

async function runLab(): Promise<void> {
  checks.heading("Profile lab");
  if (!(await checks.check("it starts, and is healthy", () => project.up(["lab"])))) return;
  await checkFaults(checks, project);
  await checkHealthyPair(checks, project);
  await checkRights(checks, project, 6);
}

/** Each service logs its endpoints at the start. */
async function expectEndpoint(endpoint: string): Promise<void> {
  for (const service of ["front", "back"]) {
    const log = await project.compose("logs", "--no-color", service);
    expectNone(log.includes(`traces to ${endpoint}`) ? [] : [`${service} does not say so`, log]);
  }
}
