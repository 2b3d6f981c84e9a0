/** The demo from start to end: starts the services, sends and shows each scenario, stops everything. */
import { type ExpectTraceOptions, wireOf } from "@baton/trace-tree";
import { answers } from "./backend.ts";
import { ProcessFailedError } from "./child-process.ts";
import type { Backend, DemoConfig } from "./config.ts";
import { type Counts, countSpans } from "./expected-metrics.ts";
import { showFaults } from "./lab/break.ts";
import { wireJson } from "./lab/lab-json.ts";
import { printWire } from "./lab/report-lab.ts";
import { codeOfLeaving } from "./leave.ts";
import { createMetricsReader, type MetricsReader } from "./metrics-reader.ts";
import * as report from "./report.ts";
import { printMetrics, printTracesOnly } from "./report-logs-metrics.ts";
import { runScenario, type ScenarioResult } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { callerService } from "./spans.ts";
import { type Stack, startStack } from "./stack.ts";
import type { Terminal } from "./terminal.ts";
import { waitForLogs } from "./trace-logs.ts";
import { keepsLogsAndMetrics } from "./viewer-data.ts";

/**
 * @param leave Aborted when the person wants to leave.
 * @returns The exit code: 0 when every trace is the expected tree; 1 when one is not, or when a service ended by itself;
 * that of `codeOfLeaving` when the person left before all was shown.
 */
export async function runDemo(config: DemoConfig, terminal: Terminal, leave: AbortSignal): Promise<number> {
  report.printTitle(terminal);
  try {
    return await withStack(config, terminal, leave);
  } catch (error) {
    if (leave.aborted) return codeOfLeaving(config);
    if (!(error instanceof ProcessFailedError)) throw error;
    report.printFailure(terminal, error);
    return 1;
  }
}

async function withStack(config: DemoConfig, terminal: Terminal, leave: AbortSignal): Promise<number> {
  const startedAt = Date.now();
  const stack = await startStack({
    ports: config.ports,
    lab: true,
    backend: await findBackend(config, terminal),
    signal: leave,
    onPortTaken: ({ service, port }) => report.printPort(terminal, service, port),
    onStarted: (service, url, elapsedMs) => report.printStarted(terminal, service, url, elapsedMs),
  });
  const broken = new AbortController();
  stack.supervisor.failed.catch(() => broken.abort());
  const over = AbortSignal.any([leave, broken.signal]);
  try {
    if (config.show === "faults") {
      return await Promise.race([breakAll(config, terminal, over, stack), stack.supervisor.failed]);
    }
    const metrics = await findMetrics(stack.backend, terminal, startedAt);
    return await Promise.race([show(config, terminal, over, { stack, metrics }), stack.supervisor.failed]);
  } finally {
    report.printLeaving(terminal);
    await stack.stop();
  }
}

/** The backend that the person named, or one that already runs; `undefined`: the viewer has to be started. */
async function findBackend({ backend, ports }: DemoConfig, terminal: Terminal): Promise<Backend | undefined> {
  if (backend !== undefined) {
    report.printBackendFound(terminal, backend, true);
    return backend;
  }
  const usual = { otlpUrl: `http://localhost:${ports.otlpHttp}`, queryUrl: `http://localhost:${ports.query}` };
  if (!(await answers(usual))) return undefined;
  report.printBackendFound(terminal, usual, false);
  return usual;
}

interface Shown {
  readonly stack: Stack;
  /** `undefined` where the backend keeps neither metrics nor logs. */
  readonly metrics: MetricsReader | undefined;
}

async function findMetrics({ queryUrl }: Backend, terminal: Terminal, sinceMs: number) {
  if (await keepsLogsAndMetrics(queryUrl)) return createMetricsReader(queryUrl, sinceMs);
  printTracesOnly(terminal);
  return undefined;
}

async function show(
  config: DemoConfig,
  terminal: Terminal,
  over: AbortSignal,
  { stack, metrics }: Shown,
): Promise<number> {
  const left = whenAborted(over);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios.filter(({ id }) => config.only === undefined || id === config.only)) {
    // The next scenario stops back, and back loses its counts: they must have arrived before.
    if (scenario.backAway) await Promise.race([metrics?.waitFor(countsOf(results), waitOf(config)), left]);
    const shown = await Promise.race([showScenario(scenario, config, { stack, metrics }), left]);
    if (shown === undefined) return codeOfLeaving(config);
    report.printResult(terminal, shown, stack);
    const { tree } = shown.result;
    if (config.show === "wire" && tree !== undefined) printWire(terminal, wireOf(tree.trace));
    results.push(shown.result);
  }
  const measured = await Promise.race([metrics?.waitFor(countsOf(results), waitOf(config)), left]);
  if (over.aborted) return codeOfLeaving(config);
  if (measured !== undefined) printMetrics(terminal, measured, stack.backend.queryUrl);
  report.printSummary(terminal, results);
  if (config.json) printJson(results.map(wireJson));
  if (!config.once) {
    report.printInvitation(terminal, stack);
    await left;
  }
  return results.every(({ differences }) => differences.length === 0) ? 0 : 1;
}

/** Only this is printed with `--json`. */
function printJson(rows: readonly unknown[]): void {
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
}

async function breakAll(config: DemoConfig, terminal: Terminal, over: AbortSignal, stack: Stack): Promise<number> {
  const { only, json, traceTimeoutMs } = config;
  const broken = await Promise.race([
    showFaults(stack, terminal, over, { timeoutMs: traceTimeoutMs, only }),
    whenAborted(over),
  ]);
  if (broken === undefined) return codeOfLeaving(config);
  if (json) printJson(broken.json);
  return broken.ok ? 0 : 1;
}

/** Logs are read where the trace was found, when the backend keeps logs. */
async function showScenario(scenario: Scenario, config: DemoConfig, { stack, metrics }: Shown) {
  const result = await runScenario(scenario, stack, waitOf(config));
  const { tree } = result;
  if (metrics === undefined || tree === undefined) return { result, logs: undefined };
  const logs = await waitForLogs(stack.backend.queryUrl, tree, scenario.logs ?? [], waitOf(config));
  return { result, logs };
}

function waitOf({ traceTimeoutMs }: DemoConfig): ExpectTraceOptions {
  return { timeoutMs: traceTimeoutMs };
}

function countsOf(results: readonly ScenarioResult[]): Counts {
  return countSpans(
    results.flatMap(({ tree }) => tree ?? []),
    callerService,
  );
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  signal.addEventListener("abort", () => resolve(undefined), { once: true });
  return promise;
}
