/** Asks the backend for a trace, until it is what it must be or the time is over. */
import { setTimeout as sleep } from "node:timers/promises";
import { buildTree, type JaegerTrace, readTrace, type TraceTree } from "@baton/viewer/tree";
import { compareTree } from "./compare.ts";
import type { ExpectedSpan } from "./expected-tree.ts";

export interface FoundTrace {
  /** `undefined` when the backend has no such trace. */
  readonly tree: TraceTree | undefined;
  /** One sentence for each way in which it is not what was expected; none when it is. */
  readonly differences: readonly string[];
}

export interface WaitOptions {
  /** @default 10000 */
  readonly timeoutMs?: number;
}

const pollMs = 50;

/**
 * Spans of one trace come from several processes, each when its batch is due, so a trace that differs may only be
 * unfinished: it is asked for again until it is right, or until the time is over.
 */
export async function waitForTrace(
  queryUrl: string,
  traceId: string,
  expected: ExpectedSpan,
  { timeoutMs = 10_000 }: WaitOptions = {},
): Promise<FoundTrace> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const found = await checkTrace(queryUrl, traceId, expected);
    if (found.differences.length === 0 || performance.now() > deadline) return found;
    await sleep(pollMs);
  }
}

/** Compares what is there now. */
export async function checkTrace(queryUrl: string, traceId: string, expected: ExpectedSpan): Promise<FoundTrace> {
  const tree = await fetchTree(queryUrl, traceId);
  if (tree === undefined) return { tree, differences: [`no trace ${traceId} at ${queryUrl}`] };
  return { tree, differences: compareTree(expected, tree) };
}

/** @throws When the backend does not answer as Jaeger's query API does. */
export async function fetchTree(queryUrl: string, traceId: string): Promise<TraceTree | undefined> {
  const response = await fetch(`${queryUrl}/api/traces/${traceId}`, { signal: AbortSignal.timeout(5000) });
  if (response.status === 404) return undefined;
  if (!response.ok)
    throw new Error(`${response.url} answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  const { data } = (await response.json()) as { readonly data: readonly JaegerTrace[] | null };
  const trace = data?.[0];
  return trace === undefined ? undefined : buildTree(readTrace(trace));
}
