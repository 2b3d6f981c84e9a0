/** The assertion of the end-to-end tests: this trace is this tree, all of it. */
import type { ExpectedSpan } from "@baton/demo/expected-tree";
import { type FoundTrace, type WaitOptions, waitForTrace } from "@baton/demo/query";
import { judge, renderWaterfall } from "@baton/viewer/tree";

/**
 * Waits until the trace is what it must be: names, kinds, services, parents, status and the attributes and events that
 * the expectation names, and one root with every hop joined.
 *
 * @throws Error with each difference and the tree that was found, when it is not so in time.
 */
export async function expectTrace(
  queryUrl: string,
  traceId: string,
  expected: ExpectedSpan,
  options?: WaitOptions,
): Promise<void> {
  expectFound(traceId, await waitForTrace(queryUrl, traceId, expected, options));
}

/** The same for a trace that was waited for already. @throws Error as `expectTrace` does. */
export function expectFound(traceId: string, { tree, differences }: FoundTrace): void {
  const problems = [...differences, ...(tree === undefined ? [] : judge(tree).problems)];
  if (problems.length === 0) return;
  const found = tree === undefined ? "nothing" : `\n${renderWaterfall(tree)}`;
  throw new Error(`Trace ${traceId} is not what it must be:\n- ${problems.join("\n- ")}\nFound: ${found}`);
}
