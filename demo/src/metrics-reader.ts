/** Asks the viewer for the services' metrics, until they have counted what was sent or the time is over. */
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
   * Waits for the counts. What a process counted is remembered when the next one of the same service begins at 0, so
   * it is to be called before a service is started anew.
   */
  waitFor(expected: Counts, options?: ExpectTraceOptions): Promise<FoundMetrics>;
}

const pollMs = 100;

/** @param sinceMs Only what processes counted that were started after this moment. */
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
