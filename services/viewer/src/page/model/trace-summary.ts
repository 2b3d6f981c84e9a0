/** One line of the list of traces. */

import type { Trace } from "@baton/trace-tree";
import { buildTree, judge, type Verdict } from "@baton/trace-tree";
import { timeWindow } from "./layout.ts";
import { stretchOf } from "./rows.ts";

export interface TraceSummary {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Microseconds, from the first start to the last end. */
  readonly duration: number;
  readonly spans: number;
  readonly errors: number;
  readonly verdict: Verdict;
  /** Each service with its number of spans, in the order in which they took part. */
  readonly services: ReadonlyMap<string, number>;
}

/** Named after its first root; where there is none, after the earliest span that hangs in the air. */
export function summarise(trace: Trace): TraceSummary {
  const tree = buildTree(trace);
  const first = [...tree.roots, ...tree.orphans, ...tree.circles][0]?.span;
  return {
    id: trace.traceId,
    service: first?.service ?? "unknown service",
    name: first?.name ?? "no span",
    ...timeWindow(trace.spans.map(stretchOf)),
    spans: trace.spans.length,
    errors: trace.spans.filter(({ status }) => status === "error").length,
    verdict: judge(tree),
    services: countServices(trace),
  };
}

/** Spans by service, in the order of each service's first span. */
export function countServices({ spans }: Trace): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { service } of spans.toSorted((a, b) => a.startMicros - b.startMicros)) {
    counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return counts;
}
