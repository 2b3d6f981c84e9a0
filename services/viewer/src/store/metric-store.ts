/** The series of the metrics, in bounded memory: the series that was silent longest goes first. */
import type { MetricPoint, MetricRecord, Resource, Scope } from "../records.ts";
import { createBounded } from "./bounded.ts";
import { beginSeries, continueSeries, type Series } from "./series.ts";
import { createShared, type Held } from "./shared.ts";
import { sizeOf } from "./size.ts";

export interface MetricStoreOptions {
  readonly maxSeries: number;
  readonly maxBytes: number;
}

export interface StoredMetric extends Omit<MetricRecord, "points"> {
  readonly series: readonly Series[];
}

export interface MetricStore {
  add(metric: MetricRecord): void;
  /** Ordered by service and name. */
  all(): readonly StoredMetric[];
  stats(): { readonly metrics: number; readonly series: number; readonly bytes: number; readonly dropped: number };
}

type Metric = Omit<MetricRecord, "points">;

/** A metric that has series. */
interface Slot {
  readonly id: number;
  readonly key: string;
  readonly held: readonly [Held<Resource>, Held<Scope>];
  metric: Metric;
  bytes: number;
  seriesCount: number;
}

interface Item {
  readonly slot: Slot;
  readonly series: Series;
}

const SERIES_BYTES = 400;

export function createMetricStore({ maxSeries, maxBytes }: MetricStoreOptions): MetricStore {
  const slots = new Map<string, Slot>();
  const shared = createShared();
  let [slotBytes, lastId] = [0, 0];
  const kept = createBounded<string, Item>({
    maxItems: maxSeries,
    maxBytes,
    sharedBytes: () => slotBytes + shared.bytes,
    onDrop: ({ slot }) => removeUser(slot),
  });

  /** What tells one metric from another is how its numbers can be compared, and not what its description says. */
  function open(metric: Metric): Slot {
    const held = [shared.find(metric.resource), shared.find(metric.scope)] as const;
    const { name, unit, type, temporality, monotonic } = metric;
    const key = JSON.stringify([held[0].id, held[1].id, name, unit, type, temporality, monotonic]);
    const slot = slots.get(key) ?? { id: ++lastId, key, held, metric, bytes: 0, seriesCount: 0 };
    slot.metric = { ...metric, resource: held[0].value, scope: held[1].value };
    if (slot.seriesCount > 0) measure(slot);
    return slot;
  }

  function addUser(slot: Slot): void {
    slot.seriesCount += 1;
    if (slot.seriesCount > 1) return;
    slots.set(slot.key, slot);
    measure(slot);
    for (const held of slot.held) shared.addUser(held);
  }

  function removeUser(slot: Slot): void {
    slot.seriesCount -= 1;
    if (slot.seriesCount > 0) return;
    slots.delete(slot.key);
    slotBytes -= slot.bytes;
    slot.bytes = 0;
    for (const held of slot.held) shared.removeUser(held);
  }

  function measure(slot: Slot): void {
    const { resource: _resource, scope: _scope, ...own } = slot.metric;
    const bytes = sizeOf(own) + slot.key.length * 2;
    slotBytes += bytes - slot.bytes;
    slot.bytes = bytes;
  }

  function put(slot: Slot, point: MetricPoint): void {
    const key = JSON.stringify([slot.id, sortedPairs(point)]);
    const held = kept.get(key)?.series;
    const series = held ? continueSeries(slot.metric, held, point) : beginSeries(slot.metric, point);
    if (series === held) return;
    if (!held) addUser(slot);
    // Removed and added again, so that it is the newest.
    kept.remove(key);
    kept.put(key, { slot, series }, SERIES_BYTES + sizeOfSeries(series) + key.length * 2);
  }

  return {
    add({ points, ...metric }) {
      if (points.length === 0) return;
      const slot = open(metric);
      for (const point of points) put(slot, point);
    },
    all() {
      const bySlot = Map.groupBy(kept.items(), ({ slot }) => slot);
      return [...bySlot]
        .map(([{ metric }, items]) => ({ ...metric, series: items.map(({ series }) => series) }))
        .sort((a, b) => compare(a.resource.service, b.resource.service) || compare(a.name, b.name));
    },
    stats: () => ({
      metrics: slots.size,
      series: kept.size,
      bytes: kept.bytes + slotBytes + shared.bytes,
      dropped: kept.dropped,
    }),
  };
}

function sizeOfSeries(series: Series): number {
  return sizeOf(series, new Set([series.history])) + series.history.byteLength;
}

function sortedPairs({ attributes }: MetricPoint): readonly (readonly unknown[])[] {
  return attributes.map(({ key, type, value }) => [key, type, value] as const).sort(([a], [b]) => compare(a, b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
