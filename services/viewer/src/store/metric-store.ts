/** The latest point of each series, in bounded memory. The series without a point for the longest time is dropped first. */
import type { MetricPoint, MetricRecord } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { sizeOf } from "./size.ts";

export interface MetricStoreOptions {
  readonly maxSeries: number;
  readonly maxBytes: number;
}

export interface MetricStore {
  add(metric: MetricRecord): void;
  /** Ordered by service and name. */
  all(): readonly MetricRecord[];
  stats(): { readonly metrics: number; readonly series: number; readonly bytes: number; readonly dropped: number };
}

type Metric = Omit<MetricRecord, "points">;

interface Series {
  readonly metricKey: string;
  readonly point: MetricPoint;
}

export function createMetricStore({ maxSeries, maxBytes }: MetricStoreOptions): MetricStore {
  const metrics = new Map<string, Metric>();
  const kept = createBounded<string, Series>({ maxItems: maxSeries, maxBytes });

  function put(metricKey: string, metric: Metric, point: MetricPoint): void {
    const key = JSON.stringify([metricKey, sortedPairs(point)]);
    const held = kept.get(key);
    // Batches can arrive in another order: an older point must not replace a newer one.
    if (held && held.point.time > point.time) return;
    // Removed and added again, so that it is the newest.
    kept.remove(key);
    // The size of a series includes its metric, so a metric without series needs no memory.
    kept.put(key, { metricKey, point }, sizeOf(point) + sizeOf(metric) + key.length * 2);
  }

  return {
    add({ points, ...metric }) {
      const metricKey = JSON.stringify([metric.service, metric.name]);
      const before = kept.dropped;
      metrics.set(metricKey, metric);
      for (const point of points) put(metricKey, metric, point);
      if (kept.dropped > before || points.length === 0) forgetEmpty(metrics, kept.items());
    },
    all() {
      const series = Map.groupBy(kept.items(), ({ metricKey }) => metricKey);
      return [...metrics]
        .map(([key, metric]) => ({ ...metric, points: (series.get(key) ?? []).map(({ point }) => point) }))
        .sort((a, b) => a.service.localeCompare(b.service) || a.name.localeCompare(b.name));
    },
    stats: () => ({ metrics: metrics.size, series: kept.size, bytes: kept.bytes, dropped: kept.dropped }),
  };
}

function forgetEmpty(metrics: Map<string, Metric>, series: readonly Series[]): void {
  const used = new Set(series.map(({ metricKey }) => metricKey));
  for (const key of metrics.keys()) if (!used.has(key)) metrics.delete(key);
}

function sortedPairs({ attributes }: MetricPoint): readonly (readonly [string, unknown])[] {
  return attributes.map(({ key, value }) => [key, value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}
