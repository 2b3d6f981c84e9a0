/** The latest point of each series of each metric, in bounded memory: the series that was silent longest goes first. */
import type { MetricPoint, MetricRecord } from "../records.ts";
import { createTakeOldest } from "./oldest.ts";
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

interface Series {
  readonly metricKey: string;
  readonly point: MetricPoint;
  readonly bytes: number;
}

export function createMetricStore({ maxSeries, maxBytes }: MetricStoreOptions): MetricStore {
  const metrics = new Map<string, Omit<MetricRecord, "points">>();
  // In the order of the last change: the first has been silent longest.
  const series = new Map<string, Series>();
  const takeOldest = createTakeOldest(series);
  let bytes = 0;
  let dropped = 0;

  function remove(key: string): void {
    bytes -= series.get(key)?.bytes ?? 0;
    series.delete(key);
  }

  function put(metricKey: string, metric: Omit<MetricRecord, "points">, point: MetricPoint): void {
    const key = JSON.stringify([metricKey, sortedPairs(point)]);
    const held = series.get(key);
    // Batches can overtake each other; what is older does not replace what is newer.
    if (held && held.point.time > point.time) return;
    remove(key);
    // Every series pays for its metric too, so that a metric without series takes nothing.
    const entry = { metricKey, point, bytes: sizeOf(point) + sizeOf(metric) + key.length * 2 };
    series.set(key, entry);
    bytes += entry.bytes;
    while (series.size > maxSeries || bytes > maxBytes) {
      bytes -= takeOldest()?.bytes ?? 0;
      dropped += 1;
    }
  }

  function forgetEmptyMetrics(): void {
    const used = new Set([...series.values()].map(({ metricKey }) => metricKey));
    for (const key of metrics.keys()) if (!used.has(key)) metrics.delete(key);
  }

  return {
    add({ points, ...metric }) {
      const metricKey = JSON.stringify([metric.service, metric.name]);
      const before = dropped;
      metrics.set(metricKey, metric);
      for (const point of points) put(metricKey, metric, point);
      if (dropped > before || points.length === 0) forgetEmptyMetrics();
    },
    all() {
      const points = Map.groupBy(series.values(), ({ metricKey }) => metricKey);
      return [...metrics]
        .map(([key, metric]) => ({ ...metric, points: (points.get(key) ?? []).map(({ point }) => point) }))
        .sort((a, b) => a.service.localeCompare(b.service) || a.name.localeCompare(b.name));
    },
    stats: () => ({ metrics: metrics.size, series: series.size, bytes, dropped }),
  };
}

function sortedPairs({ attributes }: MetricPoint): readonly (readonly [string, unknown])[] {
  return attributes.map(({ key, value }) => [key, value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}
