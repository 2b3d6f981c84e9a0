/** Reads the services' metrics from the viewer until they have counted everything, or until the time is over. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ExpectTraceOptions } from "@baton/trace-tree";
import type { MetricAnswer } from "@baton/viewer/answers";
import { type Counts, findUncounted } from "./expected-metrics.ts";
import { createMetricTotals, type RunMetrics } from "./run-metrics.ts";
import { fetchList } from "./viewer-data.ts";

export interface FoundMetrics extends RunMetrics {
  /** One line for each count that was not reached in time. */
  readonly uncounted: readonly string[];
}

export interface MetricsReader {
  /**
   * Waits for the counts. A restarted service begins at 0, and the counts of the process before it are kept. So call this
   * before a service is restarted.
   */
  waitFor(expected: Counts, options?: ExpectTraceOptions): Promise<FoundMetrics>;
}

const pollMs = 100;

/** @param sinceMs Only processes that started after this time are counted. Milliseconds since 1970. */
export function createMetricsReader(queryUrl: string, sinceMs: number): MetricsReader {
  const totals = createMetricTotals(BigInt(sinceMs) * 1_000_000n);
  return {
    async waitFor(expected, { timeoutMs = 10_000 } = {}) {
      const deadline = performance.now() + timeoutMs;
      while (true) {
        totals.add((await fetchList<MetricAnswer>(`${queryUrl}/api/viewer/metrics`)) ?? []);
        const metrics = totals.read();
        const uncounted = findUncounted(expected, metrics);
        if (uncounted.length === 0 || performance.now() > deadline) return { ...metrics, uncounted };
        await sleep(pollMs);
      }
    },
  };
}
