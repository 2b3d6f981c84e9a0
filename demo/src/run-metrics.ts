/** From the points that services export to what one run counted: a row for each duration and for each service's spans. */
import { type Histogram, type MetricAnswer, readSeries, type SeriesAnswer } from "@baton/viewer/answers";

export interface DurationRow {
  readonly service: string;
  readonly metric: string;
  /** Of all its series: every route, method and status. */
  readonly histogram: Histogram;
}

export interface SpansRow {
  readonly service: string;
  readonly exported: number;
  /** Given up for whatever reason: a full queue, a shutdown, a backend that did not take them. */
  readonly dropped: number;
}

export interface RunMetrics {
  readonly durations: readonly DurationRow[];
  readonly spans: readonly SpansRow[];
}

export interface MetricTotals {
  /** The newest answer replaces what the same process said before; another process of the service adds to it. */
  add(metrics: readonly MetricAnswer[]): void;
  read(): RunMetrics;
}

/** In the order in which a request meets them. */
export const durationMetrics = [
  "http.server.request.duration",
  "rpc.client.call.duration",
  "rpc.server.call.duration",
] as const;

const exportedMetric = "otel.sdk.exporter.span.exported";
const processedMetric = "otel.sdk.processor.span.processed";

interface Point {
  readonly service: string;
  readonly metric: string;
  readonly series: SeriesAnswer;
}

/** @param sinceNanos What began to be counted before is not of this run: the backend may know older processes. */
export function createMetricTotals(sinceNanos: bigint): MetricTotals {
  const points = new Map<string, Point>();
  return {
    add(metrics) {
      for (const { service, name, series } of metrics) {
        for (const each of series) {
          const start = each.startTimeUnixNano ?? "0";
          // A cumulative count begins anew with its process, so the beginning tells processes apart.
          const key = JSON.stringify([service, name, start, each.attributes.map(({ key, value }) => [key, value])]);
          if (BigInt(start) >= sinceNanos) points.set(key, { service, metric: name, series: each });
        }
      }
    },
    read: () => summarize([...points.values()]),
  };
}

function summarize(points: readonly Point[]): RunMetrics {
  const services = [...new Set(points.map(({ service }) => service))].sort().reverse();
  const of = (service: string, metric: string) =>
    points.filter((point) => point.service === service && point.metric === metric).map(({ series }) => series);
  return {
    durations: durationMetrics.flatMap((metric) =>
      services.flatMap((service) => durationRow(service, metric, of(service, metric))),
    ),
    spans: services.flatMap((service) => spansRow(service, of(service, exportedMetric), of(service, processedMetric))),
  };
}

function durationRow(service: string, metric: string, series: readonly SeriesAnswer[]): readonly DurationRow[] {
  const histograms = series
    .map(readSeries)
    .flatMap((reading) => (reading.is === "histogram" ? [reading.histogram] : []));
  const [first, ...rest] = histograms;
  return first === undefined ? [] : [{ service, metric, histogram: rest.reduce(merge, first) }];
}

/** Two histograms of one instrument have the same buckets. */
function merge(one: Histogram, other: Histogram): Histogram {
  return {
    bounds: one.bounds,
    count: one.count + other.count,
    counts: one.counts.map((count, bucket) => count + (other.counts[bucket] ?? 0)),
    sum: both(one.sum, other.sum, (a, b) => a + b),
    min: both(one.min, other.min, Math.min),
    max: both(one.max, other.max, Math.max),
  };
}

function both(one: number | undefined, other: number | undefined, join: (a: number, b: number) => number) {
  return one === undefined || other === undefined ? undefined : join(one, other);
}

/** Points with an `error.type` count what was lost. @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/ */
function spansRow(
  service: string,
  exported: readonly SeriesAnswer[],
  processed: readonly SeriesAnswer[],
): readonly SpansRow[] {
  if (exported.length === 0) return [];
  const sum = (series: readonly SeriesAnswer[], failed: boolean) =>
    series.filter((each) => hasError(each) === failed).reduce((total, { value }) => total + Number(value ?? 0), 0);
  return [{ service, exported: sum(exported, false), dropped: sum(exported, true) + sum(processed, true) }];
}

function hasError({ attributes }: SeriesAnswer): boolean {
  return attributes.some(({ key }) => key === "error.type");
}
