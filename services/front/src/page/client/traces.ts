/** Reads traces through front, and waits until one is what was expected. */
import {
  buildTree,
  compareTree,
  type ExpectedSpan,
  type JaegerTrace,
  readTrace,
  type TraceTree,
} from "@baton/trace-tree";

export interface Found {
  readonly tree: TraceTree | undefined;
  /** Empty when the tree is the expected one. */
  readonly differences: readonly string[];
}

const patienceMs = 10_000;
const pollMs = 100;

/** @returns `undefined` when no span has arrived. @throws Error when the backend does not answer. */
export async function fetchTree(traceId: string): Promise<TraceTree | undefined> {
  const response = await fetch(`/lab/traces/${traceId}`, { cache: "no-store" });
  if (!response.ok) throw new Error(`The trace cannot be read: ${await detailOf(response)}`);
  const { data } = (await response.json()) as { readonly data: readonly JaegerTrace[] | null };
  const [trace] = data ?? [];
  return trace === undefined ? undefined : buildTree(readTrace(trace));
}

/**
 * Spans arrive in batches, so the tree is read until it is right, and shown each time it has grown.
 * @param isEnough Ends the waiting before the time is over. @default The tree is the expected one.
 */
export async function waitForTree(
  traceId: string,
  expected: ExpectedSpan,
  onFound: (found: Found) => void,
  isOver: () => boolean,
): Promise<Found> {
  const until = performance.now() + patienceMs;
  let shown = 0;
  while (true) {
    const tree = await fetchTree(traceId);
    const differences = tree === undefined ? ["No span has arrived."] : compareTree(expected, tree);
    const found = { tree, differences };
    if (differences.length === 0 || performance.now() > until || isOver()) return found;
    if (tree !== undefined && tree.trace.spans.length !== shown) onFound(found);
    shown = tree?.trace.spans.length ?? 0;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function detailOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : undefined;
  return typeof detail === "string" ? detail : `front answered ${response.status}.`;
}
