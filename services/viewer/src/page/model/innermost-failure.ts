/** Where a failure began: the callers of a failed span often fail after it. */
import type { Row } from "./rows.ts";

/** The deepest of the failed spans; the first of several. `undefined` where none failed. */
export function innermostFailure(rows: readonly Row[]): Row | undefined {
  const failed = rows.filter(({ span }) => span.status === "error");
  const depth = Math.max(...failed.map((row) => row.depth));
  return failed.find((row) => row.depth === depth);
}
