/** Which service calls which, counted over the stored traces. */
import type { StoredTrace } from "../store.ts";
import { readWhole } from "./params.ts";

export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

const DAY_MS = 86_400_000;

/**
 * Every span that has a parent counts as a call, within one service too, as in Jaeger's memory storage. `endTs` and
 * `lookback` are milliseconds. A trace counts only when all of it lies between them.
 * @throws ParamError
 */
export function countDependencies(
  traces: Iterable<StoredTrace>,
  params: URLSearchParams,
  now: number,
): readonly Dependency[] {
  const endMs = readWhole(params, "endTs", 0) ?? now;
  const startMs = endMs - (readWhole(params, "lookback", 0) ?? DAY_MS);
  const counts = new Map<string, Dependency>();
  for (const { spans } of traces) {
    const times = spans.map(({ startTime, endTime }) =>
      [startTime, endTime].map((nanos) => Number(nanos / 1_000_000n)),
    );
    if (!times.every(([start = 0, end = 0]) => start >= startMs && end <= endMs)) continue;
    const services = new Map(spans.map((span) => [span.spanId, span.resource.service]));
    for (const span of spans) {
      const parent = services.get(span.parentSpanId);
      if (parent !== undefined) count(counts, parent, span.resource.service);
    }
  }
  return [...counts.values()];
}

function count(counts: Map<string, Dependency>, parent: string, child: string): void {
  const key = JSON.stringify([parent, child]);
  const callCount = (counts.get(key)?.callCount ?? 0) + 1;
  counts.set(key, { parent, child, callCount });
}
