/** Sends the request of a fault, with the fault or without it, and lets the diagnosis say what it sees. */
import type { Fault } from "@baton/demo/lab/fault";
import { findScenario } from "@baton/demo/scenarios";
import { type Diagnosis, diagnose, type JaegerTrace, readTrace, type Trace } from "@baton/trace-tree";
import { type Answer, sendHttp } from "./send.ts";
import { waitForTree } from "./traces.ts";

export interface LabResult {
  readonly answer: Answer;
  /** Those of the requests, the last one's first. */
  readonly traces: readonly Trace[];
  readonly findings: readonly Diagnosis[];
  /** A healthy request, sent after them: it shows which headers each service captures. */
  readonly later: readonly Trace[];
}

export interface LabRun {
  /** The fault for these requests only. @default none, or the one that is switched on */
  readonly faultId?: string;
  /** Ends the waiting for spans. @default the time */
  readonly isDone: (findings: readonly Diagnosis[]) => boolean;
}

const patienceMs = 8000;
const pollMs = 100;
/** A clock that is ahead makes spans in the future. */
const slackMs = 5000;

export async function runInLab({ request, times = 1 }: Fault, { faultId, isDone }: LabRun): Promise<LabResult> {
  const sinceMs = Date.now();
  const headers = faultId === undefined ? {} : { "x-lab-fault": faultId };
  const answers: Answer[] = [];
  for (let sent = 0; sent < times; sent++) answers.push(await sendHttp(request, headers));
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error("times: must be 1 at least");
  const ids = answers.flatMap(({ traceId }) => traceId ?? []).reverse();
  const later = await sendLater();
  const until = performance.now() + patienceMs;
  while (true) {
    const all = await findTraces(sinceMs, ids);
    const traces = all.filter(({ traceId }) => traceId !== later).toSorted(byOrder(ids));
    const findings = diagnose(all);
    if (isDone(findings) || performance.now() > until) {
      return { answer, traces, findings, later: all.filter((trace) => trace.traceId === later) };
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/**
 * Services send their spans in the order in which they ended: when the trace of a later request is whole, nothing of the
 * requests before it is on its way.
 */
async function sendLater(): Promise<string | undefined> {
  const plain = findScenario("plain-roll");
  if (plain.request.type !== "http") return undefined;
  const { traceId } = await sendHttp(plain.request, { "x-lab-fault": "none" });
  if (traceId !== undefined)
    await waitForTree(
      traceId,
      plain.tree,
      () => {},
      () => false,
    );
  return traceId;
}

/** All traces that began since then, and those with the given ids. */
async function findTraces(sinceMs: number, ids: readonly string[]): Promise<readonly Trace[]> {
  const time = `start=${sinceMs * 1000}&end=${(Date.now() + slackMs) * 1000}`;
  const urls = [`/lab/traces?${time}`, ...ids.map((id) => `/lab/traces/${id}`)];
  const answers = await Promise.all(urls.map(fetchTraces));
  const byId = new Map(answers.flat().map((trace) => [trace.traceID, trace]));
  const found = [...byId.values()].map(readTrace);
  return found.filter((trace) => ids.includes(trace.traceId) || beginOf(trace) >= sinceMs * 1000);
}

async function fetchTraces(url: string): Promise<readonly JaegerTrace[]> {
  const response = await fetch(url, { cache: "no-store" });
  if (!response.ok) throw new Error(`The traces cannot be read: front answered ${response.status}.`);
  const { data } = (await response.json()) as { readonly data: readonly JaegerTrace[] | null };
  return data ?? [];
}

function beginOf({ spans }: Trace): number {
  return spans.reduce((first, { startMicros }) => Math.min(first, startMicros), Number.POSITIVE_INFINITY);
}

function byOrder(ids: readonly string[]) {
  const at = ({ traceId }: Trace) => (ids.includes(traceId) ? ids.indexOf(traceId) : ids.length);
  return (a: Trace, b: Trace) => at(a) - at(b);
}
