/** Exponential histograms, whose buckets grow by a factor: added up, and with every bound written out. */
import type { ExponentialBuckets, ExponentialValue, HistogramValue } from "./records.ts";

/** As many as the SDKs' default; two histograms that lie far apart get fewer, larger buckets. */
const MAX_BUCKETS = 320;

/**
 * Buckets from the lowest to the highest: the negative ones in reverse order, the zero bucket, the positive ones.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export function writeOutBounds(value: ExponentialValue): HistogramValue {
  const { scale, zeroCount, positive, negative, ...distribution } = value;
  const below = edgesOf(negative, scale);
  const above = edgesOf(positive, scale);
  const counts = [
    ...(below.length > 0 ? [0n] : []),
    ...negative.counts.toReversed(),
    zeroCount,
    ...positive.counts,
    ...(above.length > 0 ? [0n] : []),
  ];
  return { ...distribution, bounds: [...below.map((edge) => -edge).reverse(), ...above], counts: counts.map(show) };
}

/** The buckets of both, at the lower of their scales. */
export function addBuckets(
  a: ExponentialValue,
  b: ExponentialValue,
): Pick<ExponentialValue, "scale" | "zeroCount" | "positive" | "negative"> {
  let scale = Math.min(a.scale, b.scale);
  for (const side of ["positive", "negative"] as const) {
    while (width(shrink(a[side], a.scale - scale), shrink(b[side], b.scale - scale)) > MAX_BUCKETS) scale -= 1;
  }
  const add = (side: "positive" | "negative") =>
    addSide(shrink(a[side], a.scale - scale), shrink(b[side], b.scale - scale));
  return { scale, zeroCount: a.zeroCount + b.zeroCount, positive: add("positive"), negative: add("negative") };
}

/** The same counts in buckets that are `2 ** steps` times as wide in the exponent. */
function shrink({ offset, counts }: ExponentialBuckets, steps: number): ExponentialBuckets {
  if (steps === 0 || counts.length === 0) return { offset, counts };
  const factor = 2 ** steps;
  const first = Math.floor(offset / factor);
  const merged: bigint[] = [];
  counts.forEach((count, index) => {
    const place = Math.floor((offset + index) / factor) - first;
    merged[place] = (merged[place] ?? 0n) + count;
  });
  return { offset: first, counts: merged };
}

function width(a: ExponentialBuckets, b: ExponentialBuckets): number {
  const used = [a, b].filter(({ counts }) => counts.length > 0);
  return Math.max(...used.map(end)) - Math.min(...used.map(({ offset }) => offset));
}

function addSide(a: ExponentialBuckets, b: ExponentialBuckets): ExponentialBuckets {
  if (a.counts.length === 0 || b.counts.length === 0) return a.counts.length === 0 ? b : a;
  const offset = Math.min(a.offset, b.offset);
  const length = Math.max(end(a), end(b)) - offset;
  const at = (side: ExponentialBuckets, index: number) => side.counts[offset + index - side.offset] ?? 0n;
  return { offset, counts: Array.from({ length }, (_, index) => at(a, index) + at(b, index)) };
}

function end({ offset, counts }: ExponentialBuckets): number {
  return offset + counts.length;
}

/** One more than there are buckets; none when there is no bucket. */
function edgesOf({ offset, counts }: ExponentialBuckets, scale: number): readonly number[] {
  if (counts.length === 0) return [];
  return Array.from({ length: counts.length + 1 }, (_, index) => edge(offset + index, scale));
}

function edge(index: number, scale: number): number {
  // JSON has no infinity.
  return Math.min(2 ** (index * 2 ** -scale), Number.MAX_VALUE);
}

function show(count: bigint): number | string {
  const number = Number(count);
  return Number.isSafeInteger(number) ? number : count.toString();
}
