/** Metrics in the answer of `/api/viewer/metrics`, prepared for drawing. */
import type { Histogram } from "./histogram.ts";

export interface MetricAnswer {
  readonly service: string;
  /** What tells its sender from other senders of the same service; empty where there is one. */
  readonly instance?: string;
  readonly scope?: string;
  readonly scopeVersion?: string;
  readonly temporality?: string;
  readonly monotonic?: boolean;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: string;
  readonly series: readonly SeriesAnswer[];
}

/** Integers that a double cannot hold are text. */
type Count = number | string;

export interface SeriesAnswer {
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly timeUnixNano?: string;
  readonly startTimeUnixNano?: string;
  readonly restarts?: number;
  readonly gaps?: readonly { readonly fromUnixNano: string; readonly toUnixNano: string }[];
  readonly stopped?: boolean;
  readonly value?: Count;
  readonly count?: Count;
  readonly sum?: number | null;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly bounds?: readonly number[];
  readonly counts?: readonly Count[];
  /** Time in milliseconds since 1970, value, 95th percentile of what was new. */
  readonly history?: readonly (readonly [time: number, value: number | null, p95: number | null])[];
  readonly exemplars?: readonly ExemplarAnswer[];
  readonly quantiles?: readonly { readonly quantile: number; readonly value: number }[];
}

/** A value with the span in which it was measured. */
export interface ExemplarAnswer {
  readonly timeUnixNano: string;
  readonly value: Count;
  readonly traceId: string;
  readonly spanId: string;
}

/** The current value of a series. */
export type Reading =
  | { readonly is: "number"; readonly value: Count }
  | { readonly is: "histogram"; readonly histogram: Histogram }
  | { readonly is: "summary"; readonly count: number; readonly quantiles: NonNullable<SeriesAnswer["quantiles"]> };

export function readSeries({ value, count, sum, min, max, bounds, counts, quantiles }: SeriesAnswer): Reading {
  if (quantiles) return { is: "summary", count: Number(count ?? 0), quantiles };
  if (!counts) return { is: "number", value: value ?? Number.NaN };
  const numbers = counts.map(Number);
  return {
    is: "histogram",
    histogram: {
      count: Number(count ?? 0),
      bounds: bounds ?? [],
      counts: numbers,
      sum: sum ?? undefined,
      min: min ?? undefined,
      max: max ?? undefined,
    },
  };
}

/** What of a series its number does not say. */
export function seriesNotes({ restarts = 0, gaps = [], stopped = false }: SeriesAnswer): readonly string[] {
  const notes = [
    restarts > 0 && `restarted ${restarts === 1 ? "once" : `${restarts} times`}`,
    gaps.length > 0 && `${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"}, in which nothing came`,
    stopped && "stopped: its sender says that no more comes",
  ];
  return notes.filter((note) => note !== false);
}

/** `sum, cumulative, in s`: an annotation such as {request} is written without its braces. */
export function describeMetric({ type, unit, temporality }: MetricAnswer): string {
  const how = temporality === "delta" ? "delta, added up" : temporality;
  const shown = how === undefined || (how === "unspecified" && type !== "sum") ? [] : [how];
  const measured = unit === "" || unit === "1" ? [] : [`in ${unit.replace(/^\{(.*)\}$/, "$1")}`];
  return [type, ...shown, ...measured].join(", ");
}

/** The weight of a series in the order: the one with the most values comes first. */
export function weight(series: SeriesAnswer): number {
  const reading = readSeries(series);
  if (reading.is === "number") return Number(reading.value);
  return reading.is === "histogram" ? reading.histogram.count : reading.count;
}

/** The metrics that contain all of the words in their name, service, description or the attributes of a series. */
export function filterMetrics(metrics: readonly MetricAnswer[], typed: string): readonly MetricAnswer[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return metrics.filter((metric) => {
    const text = textOf(metric);
    return words.every((word) => text.includes(word));
  });
}

function textOf({ service, name, description, series, instance = "", scope = "" }: MetricAnswer): string {
  const attributes = series.flatMap((one) => one.attributes.map(({ key, value }) => `${key}=${value}`));
  return [service, name, description, instance, scope, ...attributes].join("\n").toLowerCase();
}
