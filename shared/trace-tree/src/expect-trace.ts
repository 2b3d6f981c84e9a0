/** The assertion of a test: this trace is this tree, all of it. */
import type { TraceTree } from "./build.ts";
import { compareTree, type ExpectedSpan } from "./compare.ts";
import { describeSource, readTree, type TraceSource } from "./trace-source.ts";
import { verdictOf } from "./verdict.ts";
import { renderWaterfall } from "./waterfall.ts";

export interface ExpectTraceOptions {
  /**
   * Milliseconds until the trace must be there and complete. The default is less than the 5 s that `bun test` gives a
   * test, so that the test fails with the tree that was found.
   * @default 4000
   */
  readonly timeoutMs?: number;
}

export interface FoundTrace {
  /** `undefined` when it is not known. */
  readonly traceId: string | undefined;
  /** `undefined` when no span of it was found. */
  readonly tree: TraceTree | undefined;
  /** One sentence for each way in which the tree is not the expected one. Empty when it is. */
  readonly differences: readonly string[];
}

const POLL_MS = 25;

/**
 * Waits until the trace is the expected tree: name, kind, status, parent and children of every span, the attributes and
 * events that `expected` names, one root, no orphan, and a CLIENT span above each SERVER span of another service.
 *
 * ```ts
 * const memory = startTestTelemetry();
 * await app.handle(new Request("http://localhost/rolldice"));
 * await expectTrace(memory, { kind: "server", name: "GET /rolldice", children: [{ kind: "client", name: "GET" }] });
 *
 * // The same against a viewer or a Jaeger:
 * await expectTrace({ url: "http://localhost:16686", traceId }, expected);
 * ```
 *
 * Spans of one trace arrive in several batches, so a tree that differs may only be incomplete: it is read again until it
 * is right or the time is over. Spans in a list that is not a function cannot change and are compared at once.
 *
 * @throws Error with each difference and the tree that was found; and as `readTree` does.
 */
export async function expectTrace(
  source: TraceSource,
  expected: ExpectedSpan,
  options?: ExpectTraceOptions,
): Promise<void> {
  assertTrace(await waitForTrace(source, expected, options));
}

/** As `expectTrace`, but returns what was found when the time is over. @throws Error as `readTree` does. */
export async function waitForTrace(
  source: TraceSource,
  expected: ExpectedSpan,
  { timeoutMs = 4000 }: ExpectTraceOptions = {},
): Promise<FoundTrace> {
  const canChange = "url" in source || typeof source.spans === "function";
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const found = await checkTrace(source, expected);
    if (found.differences.length === 0 || !canChange || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Compares what is there now. @throws Error as `readTree` does. */
export async function checkTrace(source: TraceSource, expected: ExpectedSpan): Promise<FoundTrace> {
  const tree = await readTree(source);
  const traceId = source.traceId ?? tree?.trace.traceId;
  const differences = tree === undefined ? [`no span of ${describeSource(source)}`] : compareTree(expected, tree);
  return { traceId, tree, differences };
}

/** @throws Error when the trace differs from what was expected, or when its spans are not one tree. */
export function assertTrace({ traceId = "(without an id)", tree, differences }: FoundTrace): void {
  // What is only unusual in other people's traces is a fault where a test says what the trace must be.
  const findings = tree === undefined ? [] : verdictOf(tree).findings.map(({ sentence }) => sentence);
  const problems = [...differences, ...findings];
  if (problems.length === 0) return;
  const found = tree === undefined ? "" : `\nFound:\n${renderWaterfall(tree)}`;
  throw new Error(`Trace ${traceId} is not the expected one:\n- ${problems.join("\n- ")}${found}`);
}
