/** One series of a metric: what its points amount to. */
import type { MetricPoint, MetricRecord, MetricValue } from "../records.ts";
import { addUp, hasFallen } from "./add-up.ts";
import { addSample, beginHistory, countOf, type History, recentPercentile } from "./history.ts";

export interface Series extends MetricPoint {
  /** Of a delta: the sum of all points. Otherwise the latest one. */
  readonly value: MetricValue | undefined;
  /** How often it began anew: its start changed, or a count that only grows fell. */
  readonly restarts: number;
  /** Of a delta: times between two points of which nothing came. */
  readonly gaps: readonly Span[];
  /** The sender said that nothing more comes. */
  readonly stopped: boolean;
  /** Of a delta: the latest points, to know one that is sent again. */
  readonly seen: readonly Span[];
  readonly history: History;
}

interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** What all its points have in common. */
export type SeriesOf = Pick<MetricRecord, "type" | "monotonic" | "temporality">;

const MAX_SEEN = 16;
const MAX_GAPS = 16;
const MAX_EXEMPLARS = 8;

export function beginSeries(of: SeriesOf, point: MetricPoint): Series {
  const seen = of.temporality === "delta" ? [spanOf(point)] : [];
  const history = beginHistory(...firstSamples(of, point));
  const exemplars = point.exemplars.slice(-MAX_EXEMPLARS);
  return { ...point, exemplars, restarts: 0, gaps: [], stopped: point.value === undefined, seen, history };
}

/** @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#temporality */
export function continueSeries(of: SeriesOf, series: Series, point: MetricPoint): Series {
  if (of.temporality === "delta") return addDelta(series, point);
  // Batches can overtake each other; what is older does not replace what is newer.
  if (point.time < series.time) return series;
  if (point.value === undefined) return { ...series, time: point.time, stopped: true };
  const restarts = series.restarts + (isRestart(of, series, point) ? 1 : 0);
  const before = restarts === series.restarts ? series.value : undefined;
  const history = addSample(began(series, point), {
    time: point.time,
    value: countOf(point.value),
    p95: recentPercentile(before, point.value),
  });
  return { ...series, ...point, exemplars: joinExemplars(series, point), restarts, stopped: false, history };
}

/** What is counted was nothing when the count began, if that is known. */
function firstSamples({ type, temporality }: SeriesOf, { startTime, time, value }: MetricPoint) {
  if (value === undefined) return [];
  const sample = { time, value: countOf(value), p95: recentPercentile(undefined, value) };
  const isCounted = type !== "gauge" && temporality !== "unspecified" && startTime !== 0n && startTime < time;
  return isCounted ? [{ time: startTime, value: 0, p95: Number.NaN }, sample] : [sample];
}

/** The latest of them. */
function joinExemplars(series: Series, point: MetricPoint): Series["exemplars"] {
  if (point.exemplars.length === 0) return series.exemplars;
  const isKnown = ({ spanId, time }: Series["exemplars"][number]) =>
    series.exemplars.some((each) => each.spanId === spanId && each.time === time);
  return [...series.exemplars, ...point.exemplars.filter((each) => !isKnown(each))].slice(-MAX_EXEMPLARS);
}

/** A count that began anew was nothing then, if it says when. */
function began({ history, time, startTime }: Series, point: MetricPoint): History {
  const isKnown = startTime !== 0n && point.startTime > startTime && point.startTime > time;
  return isKnown ? addSample(history, { time: point.startTime, value: 0, p95: Number.NaN }) : history;
}

function isRestart({ type, monotonic }: SeriesOf, series: Series, point: MetricPoint): boolean {
  if (series.value === undefined || point.value === undefined || type === "gauge") return false;
  if (series.startTime !== 0n && point.startTime > series.startTime) return true;
  return (type !== "sum" || monotonic) && hasFallen(series.value, point.value);
}

function addDelta(series: Series, point: MetricPoint): Series {
  const span = spanOf(point);
  if (series.seen.some(({ from, to }) => from === span.from && to === span.to)) return series;
  const seen = [...series.seen, span].slice(-MAX_SEEN);
  const isOlder = point.time < series.time;
  const time = isOlder ? series.time : point.time;
  if (point.value === undefined) return { ...series, time, seen, stopped: true };
  const total = series.value === undefined ? point.value : addUp(series.value, point.value);
  // Other buckets: the old counts cannot go into the new ones.
  const exemplars = joinExemplars(series, point);
  const p95 = recentPercentile(undefined, point.value);
  const history = addSample(series.history, { time, value: countOf(total ?? point.value), p95 });
  if (total === undefined) {
    return { ...series, ...point, restarts: series.restarts + 1, gaps: [], stopped: false, seen, exemplars, history };
  }
  const startTime = point.startTime !== 0n && point.startTime < series.startTime ? point.startTime : series.startTime;
  return {
    ...series,
    startTime,
    time,
    value: total,
    gaps: findGaps(series, span),
    stopped: false,
    seen,
    exemplars,
    history,
  };
}

/** A point that comes late may fill a gap. */
function findGaps({ gaps, time }: Series, { from, to }: Span): readonly Span[] {
  const open = gaps.filter((gap) => from > gap.from || to < gap.to);
  return (from > time ? [...open, { from: time, to: from }] : open).slice(-MAX_GAPS);
}

function spanOf({ startTime, time }: MetricPoint): Span {
  return { from: startTime, to: time };
}
