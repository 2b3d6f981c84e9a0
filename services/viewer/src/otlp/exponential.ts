/** From exponential histograms to histograms with explicit bounds. */

import type { MetricValue } from "../records.ts";
import { showInteger } from "./attributes.ts";
import type {
  ExponentialBuckets,
  ExponentialHistogramDataPoint,
} from "./gen/opentelemetry/proto/metrics/v1/metrics.ts";

/**
 * Buckets from the lowest to the highest: the negative ones in reverse order, the zero bucket, the positive ones.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export function readExponential(point: ExponentialHistogramDataPoint): MetricValue {
  const negative = edgesOf(point.negative, point.scale);
  const positive = edgesOf(point.positive, point.scale);
  const bounds = [...negative.map((edge) => -edge).reverse(), ...positive];
  const lowest = negative.length > 0 ? [0n] : [];
  const highest = positive.length > 0 ? [0n] : [];
  const counts = [
    ...lowest,
    ...(point.negative?.bucketCounts.toReversed() ?? []),
    point.zeroCount,
    ...(point.positive?.bucketCounts ?? []),
    ...highest,
  ];
  return {
    count: showInteger(point.count),
    sum: point.sum ?? null,
    min: point.min ?? null,
    max: point.max ?? null,
    bounds,
    counts: counts.map(showInteger),
  };
}

/** One more than there are buckets; none when there is no bucket. */
function edgesOf(buckets: ExponentialBuckets | undefined, scale: number): readonly number[] {
  if (!buckets || buckets.bucketCounts.length === 0) return [];
  return Array.from({ length: buckets.bucketCounts.length + 1 }, (_, index) => edge(buckets.offset + index, scale));
}

function edge(index: number, scale: number): number {
  // JSON has no infinity.
  return Math.min(2 ** (index * 2 ** -scale), Number.MAX_VALUE);
}
