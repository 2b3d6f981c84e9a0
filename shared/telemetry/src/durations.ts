/** The duration histograms of the conventions: unit and buckets in one place. */
import type { Histogram, Meter } from "@opentelemetry/api";

/**
 * Bucket boundaries in seconds that the HTTP and RPC conventions ask for.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */
export const DURATION_BUCKETS_SECONDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** A histogram of durations in seconds with the buckets of the conventions. */
export function createDurationHistogram(meter: Meter, name: string, description: string): Histogram {
  const advice = { explicitBucketBoundaries: [...DURATION_BUCKETS_SECONDS] };
  return meter.createHistogram(name, { unit: "s", description, advice });
}

/** Seconds since `startedAt`, a reading of `performance.now()`. */
export function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
