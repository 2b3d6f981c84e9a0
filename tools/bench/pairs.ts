/** Several pairs of each variant together, run one after the other. */
import { type Measured, together } from "./measure.ts";
import type { SinkCounts } from "./sink.ts";
import { senderOf } from "./variants.ts";

/** By scenario, then by variant. */
export type Scenarios = Record<string, Record<string, Measured>>;

export function mergePairs(found: readonly Scenarios[]): Scenarios {
  const [first = {}] = found;
  return Object.fromEntries(
    Object.entries(first).map(([scenario, variants]) => [
      scenario,
      Object.fromEntries(
        Object.keys(variants).map((name) => [name, together(found.flatMap((one) => one[scenario]?.[name] ?? []))]),
      ),
    ]),
  );
}

/** The counts of the sink for all pairs of each variant that exports. */
export function sumCounts(
  names: readonly string[],
  counts: Readonly<Record<string, SinkCounts>>,
  pairs: number,
): Record<string, SinkCounts> {
  const sums: Record<string, SinkCounts> = {};
  for (const name of names) {
    for (let pair = 1; pair <= pairs; pair++) {
      const one = counts[senderOf(name, pair)];
      if (one !== undefined) sums[name] = addCounts(sums[name], one);
    }
  }
  return sums;
}

function addCounts(sum: SinkCounts | undefined, one: SinkCounts): SinkCounts {
  if (sum === undefined) return one;
  return {
    requests: sum.requests + one.requests,
    bytes: sum.bytes + one.bytes,
    received: sum.received + one.received,
    made: sum.made + one.made,
    dropped: sum.dropped + one.dropped,
    failed: sum.failed + one.failed,
  };
}
