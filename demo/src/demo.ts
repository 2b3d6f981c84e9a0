/** The demo from its start to its end: parts up, each scenario sent and shown, everything stopped. */
import { answers } from "./backend.ts";
import type { Backend, DemoConfig } from "./config.ts";
import { PartFailedError } from "./part.ts";
import * as report from "./report.ts";
import { runScenario, type ScenarioResult } from "./run-scenario.ts";
import { scenarios } from "./scenarios.ts";
import { type Stack, startStack } from "./stack.ts";
import type { Terminal } from "./terminal.ts";

/**
 * @param leave Aborted when the person wants to leave.
 * @returns The exit code: 0 when every tree was what it must be, 1 when not, or when a part ended by itself.
 */
export async function runDemo(config: DemoConfig, terminal: Terminal, leave: AbortSignal): Promise<number> {
  report.printTitle(terminal);
  try {
    return await withStack(config, terminal, leave);
  } catch (error) {
    if (leave.aborted) return 0;
    if (!(error instanceof PartFailedError)) throw error;
    report.printFailure(terminal, error);
    return 1;
  }
}

async function withStack(config: DemoConfig, terminal: Terminal, leave: AbortSignal): Promise<number> {
  const stack = await startStack({
    ports: config.ports,
    backend: await findBackend(config, terminal),
    signal: leave,
    onPortTaken: ({ part, port }) => report.printPort(terminal, part, port),
    onStarted: (part, url, elapsedMs) => report.printStarted(terminal, part, url, elapsedMs),
  });
  const broken = new AbortController();
  stack.supervisor.failed.catch(() => broken.abort());
  const over = AbortSignal.any([leave, broken.signal]);
  try {
    return await Promise.race([show(config, terminal, over, stack), stack.supervisor.failed]);
  } finally {
    report.printLeaving(terminal);
    await stack.stop();
  }
}

/** The one that the person named, or one that is there already; else the viewer is started. */
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

async function show(config: DemoConfig, terminal: Terminal, over: AbortSignal, stack: Stack): Promise<number> {
  const left = whenAborted(over);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios.filter(({ id }) => config.only === undefined || id === config.only)) {
    const result = await Promise.race([runScenario(scenario, stack, { timeoutMs: config.traceTimeoutMs }), left]);
    if (result === undefined) return 0;
    report.printResult(terminal, result, stack);
    results.push(result);
  }
  report.printSummary(terminal, results);
  if (!config.once) {
    report.printInvitation(terminal, stack);
    await left;
  }
  return results.every(({ differences }) => differences.length === 0) ? 0 : 1;
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  signal.addEventListener("abort", () => resolve(undefined), { once: true });
  return promise;
}
