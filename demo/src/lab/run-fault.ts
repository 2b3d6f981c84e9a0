/** Sends a fault's request to the running pair, and lets the diagnosis say what it was. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Diagnosis, diagnose, type Trace, waitForTrace } from "@baton/trace-tree";
import type { HttpRequest } from "../request.ts";
import { findScenario } from "../scenarios.ts";
import { type Answer, send } from "../send.ts";
import type { Stack } from "../stack.ts";
import type { Fault } from "./fault.ts";
import { findTraces } from "./find-traces.ts";

export interface FaultResult {
  readonly fault: Fault;
  /** The answer to the last request. */
  readonly answer: Answer;
  /** Those of the requests, the last one's first. */
  readonly traces: readonly Trace[];
  /** Those of a healthy request after them: they show which headers each service captures. */
  readonly healthy: readonly Trace[];
  readonly findings: readonly Diagnosis[];
  /** Whether the diagnosis named the fault's cause, and nothing else. */
  readonly ok: boolean;
}

export interface LabRun {
  /** Milliseconds until all spans must have arrived. @default 10000 */
  readonly timeoutMs?: number;
  /** The fault is switched on already: the request does not ask for it. @default false */
  readonly isStanding?: boolean;
}

type LabStack = Pick<Stack, "frontUrl" | "backend">;

const pollMs = 50;

/** Sends the request with the fault, and waits until the diagnosis names a cause alone, at most for `timeoutMs`. */
export async function runFault(fault: Fault, stack: LabStack, run: LabRun = {}): Promise<FaultResult> {
  const { isStanding = false } = run;
  const asked = isStanding ? {} : { "x-lab-fault": fault.id };
  const request = { ...fault.request, headers: { ...fault.request.headers, ...asked } };
  const isNamed = (findings: readonly Diagnosis[]) => findings.length === 1 && findings[0]?.cause === fault.cause;
  const found = await sendAndDiagnose(request, { ...stack, times: fault.times ?? 1, isDone: isNamed, ...run });
  return { fault, ...found, ok: isNamed(found.findings) };
}

/** The same request without the fault, also where it is switched on for all others: it must give no finding. */
export async function runMended(fault: Fault, stack: LabStack, run: LabRun = {}): Promise<FaultResult> {
  const request = { ...fault.request, headers: { ...fault.request.headers, "x-lab-fault": "none" } };
  const isHealthy = (findings: readonly Diagnosis[]) => findings.length === 0;
  const found = await sendAndDiagnose(request, { ...stack, times: fault.times ?? 1, isDone: isHealthy, ...run });
  return { fault, ...found, ok: isHealthy(found.findings) && found.traces.length > 0 };
}

interface Sending extends LabStack, LabRun {
  readonly times: number;
  readonly isDone: (findings: readonly Diagnosis[]) => boolean;
}

async function sendAndDiagnose(request: HttpRequest, sending: Sending) {
  const { frontUrl, backend, times, isDone, timeoutMs = 10_000 } = sending;
  const { queryUrl } = backend;
  const deadline = performance.now() + timeoutMs;
  const sinceMs = Date.now();
  const answers: Answer[] = [];
  for (let sent = 0; sent < times; sent++) answers.push(await send(frontUrl, request, {}));
  const traceIds = answers.flatMap(({ traceId }) => traceId ?? []).reverse();
  const later = await sendLater(sending, timeoutMs);
  while (true) {
    const all = await findTraces({ queryUrl, sinceMs, traceIds });
    const healthy = all.filter(({ traceId }) => traceId === later);
    const traces = all.filter(({ traceId }) => traceId !== later).toSorted(byOrder(traceIds));
    const findings = diagnose(all);
    if (isDone(findings) || performance.now() > deadline) {
      const answer = answers.at(-1);
      if (answer === undefined) throw new Error("times: must be 1 at least");
      return { answer, traces, healthy, findings };
    }
    await sleep(pollMs);
  }
}

/**
 * Each service sends its spans in the order in which they ended. When the trace of a later request is complete, so are
 * the traces before it; without that, spans that are only late would look like lost ones.
 */
async function sendLater({ frontUrl, backend }: LabStack, timeoutMs: number): Promise<string | undefined> {
  const { request, tree } = findScenario("plain-roll");
  const { traceId } = await send(frontUrl, request, { "x-lab-fault": "none" });
  if (traceId !== undefined) await waitForTrace({ url: backend.queryUrl, traceId }, tree, { timeoutMs });
  return traceId;
}

function byOrder(traceIds: readonly string[]) {
  const at = ({ traceId }: Trace) => (traceIds.includes(traceId) ? traceIds.indexOf(traceId) : traceIds.length);
  return (a: Trace, b: Trace) => at(a) - at(b);
}
