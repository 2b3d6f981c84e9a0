/** One line of the list of traces, as `/api/viewer/traces` gives it. */
import type { Grade, Trace } from "@baton/trace-tree";

export interface TraceSummary {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  /** The path of the request that began it, where one did. */
  readonly path?: string;
  /** The status that it was answered with. */
  readonly status?: string;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Microseconds, from the first start to the last end. */
  readonly duration: number;
  readonly spans: number;
  readonly errors: number;
  readonly verdict: { readonly grade: Grade; readonly summary: string };
  /** In the order of their first spans. */
  readonly services: readonly { readonly name: string; readonly spans: number }[];
  /** How many services are not listed. */
  readonly moreServices: number;
}

/** Spans by service, in the order of each service's first span. */
export function countServices({ spans }: Trace): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { service } of spans.toSorted((a, b) => a.startMicros - b.startMicros)) {
    counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return counts;
}
