/** The least that the metrics of a run must have counted: every span of its trees. */
import type { Span, TraceTree } from "@baton/trace-tree";
import type { RunMetrics } from "./run-metrics.ts";

/** By `service` and what is counted: the name of a metric, or `spans exported`. */
export type Counts = ReadonlyMap<string, number>;

/**
 * @param withoutMetrics A service that sends spans and no metrics.
 */
export function countSpans(trees: readonly TraceTree[], withoutMetrics: string): Counts {
  const counts = new Map<string, number>();
  const add = (service: string, what: string) => {
    const key = `${service} ${what}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const span of trees.flatMap(({ trace }) => trace.spans)) {
    if (span.service === withoutMetrics) continue;
    const duration = durationMetricOf(span);
    if (duration !== undefined) add(span.service, duration);
    add(span.service, "spans exported");
  }
  return counts;
}

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ and ../../rpc/rpc-metrics/ */
function durationMetricOf({ kind, attributes }: Span): string | undefined {
  const isCall = "rpc.system.name" in attributes;
  // The SERVER span of a message on a WebSocket is neither.
  if (!isCall && !("http.request.method" in attributes)) return undefined;
  if (kind === "server") return isCall ? "rpc.server.call.duration" : "http.server.request.duration";
  if (kind === "client") return isCall ? "rpc.client.call.duration" : "http.client.request.duration";
  return undefined;
}

/** `back rpc.server.call.duration: 3 of 9` for each count that is not reached yet. */
export function findUncounted(expected: Counts, { durations, spans }: RunMetrics): readonly string[] {
  const counted = new Map<string, number>([
    ...durations.map(({ service, metric, histogram }) => [`${service} ${metric}`, histogram.count] as const),
    ...spans.map(({ service, exported }) => [`${service} spans exported`, exported] as const),
  ]);
  return [...expected].flatMap(([what, count]) => {
    const found = counted.get(what) ?? 0;
    return found < count ? [`${what}: ${found} of ${count}`] : [];
  });
}
