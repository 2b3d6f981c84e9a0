/** How a series went: a bounded number of samples, close together lately and further apart before. */
import { writeOutBounds } from "../exponential.ts";
import { percentile } from "../page/model/histogram.ts";
import type { HistogramValue, MetricValue } from "../records.ts";

/** One number after the other: the time in milliseconds since 1970, the value, the 95th percentile of what is new. */
export type History = Float64Array;

/** @see History */
export const SAMPLE_FIELDS = 3;

const MAX_SAMPLES = 64;
const SHARE = 0.95;

export interface Sample {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** A total, or what a gauge shows. Of a histogram or a summary, how many values there were. */
  readonly value: number;
  /** NaN where it is not known. */
  readonly p95: number;
}

export function beginHistory(...samples: readonly Sample[]): History {
  return samples.reduce(addSample, new Float64Array(0));
}

/** A sample of the same time as the last one, or of an earlier one, takes its place and keeps its time. */
export function addSample(history: History, { time, value, p95 }: Sample): History {
  const last = history.length - SAMPLE_FIELDS;
  const millis = Number(time / 1_000_000n);
  const isLater = last < 0 || millis > (history[last] ?? 0);
  const kept = isLater ? thinOut(history) : history.subarray(0, last);
  const next = new Float64Array(kept.length + SAMPLE_FIELDS);
  next.set(kept);
  next.set([isLater ? millis : (history[last] ?? 0), value, p95], kept.length);
  return next;
}

/** What a value counts: how many, or how much. */
export function countOf(value: MetricValue): number {
  return Number("value" in value ? value.value : value.count);
}

/** The 95th percentile of what a histogram counted since an earlier state of it; NaN where that cannot be told. */
export function recentPercentile(before: MetricValue | undefined, after: MetricValue): number {
  const [old, now] = [before && asHistogram(before), asHistogram(after)];
  if (!now || (before && !old)) return Number.NaN;
  if (old && (old.bounds.length !== now.bounds.length || old.bounds.some((bound, at) => bound !== now.bounds[at]))) {
    return Number.NaN;
  }
  const counts = now.counts.map((count, at) => Number(count) - Number(old?.counts[at] ?? 0));
  if (counts.some((count) => count < 0)) return Number.NaN;
  const count = counts.reduce((sum, each) => sum + each, 0);
  const { bounds, min, max } = now;
  // The ends are those of all values; of the new ones they are limits all the same.
  return percentile({ count, bounds, counts, min: min ?? undefined, max: max ?? undefined }, SHARE) ?? Number.NaN;
}

function asHistogram(value: MetricValue): HistogramValue | undefined {
  if ("scale" in value) return writeOutBounds(value);
  return "bounds" in value ? value : undefined;
}

/** Of two samples the later one stays, with the higher percentile: totals still say what came between. */
function thinOut(history: History): History {
  if (history.length < MAX_SAMPLES * SAMPLE_FIELDS) return history;
  const half = new Float64Array(history.length / 2);
  for (let to = 0; to < half.length; to += SAMPLE_FIELDS) {
    const [first, second] = [2 * to, 2 * to + SAMPLE_FIELDS];
    half.set(history.subarray(second, second + SAMPLE_FIELDS), to);
    const [p95, other] = [history[second + 2] ?? Number.NaN, history[first + 2] ?? Number.NaN];
    half[to + 2] = Number.isNaN(p95) ? other : Number.isNaN(other) ? p95 : Math.max(p95, other);
  }
  // Where it began stays.
  half.set(history.subarray(0, 2), 0);
  return half;
}
