/** From exported metric points to the totals of one run: a row for each duration and for the spans of each service. */
import { type Histogram, type MetricAnswer, readSeries, type SeriesAnswer } from "@baton/viewer/answers";

export interface DurationRow {
  readonly service: string;
  readonly metric: string;
  /** The sum of all its series: every route, method and status. */
  readonly histogram: Histogram;
}

export interface SpansRow {
  readonly service: string;
  readonly exported: number;
  /** For every reason: a full queue, a shutdown, a backend that did not accept them. */
  readonly dropped: number;
}

export interface RunMetrics {
  readonly durations: readonly DurationRow[];
  readonly spans: readonly SpansRow[];
}

export interface MetricTotals {
  /** A newer answer replaces the one before of the same process. Another process of the service is added. */
  add(metrics: readonly MetricAnswer[]): void;
  read(): RunMetrics;
}

/** In the order in which a request passes them. */
export const durationMetrics = [
  "http.server.request.duration",
  "http.client.request.duration",
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

/** @param sinceNanos Series that began before are not of this run: the backend may store older processes. */
export function createMetricTotals(sinceNanos: bigint): MetricTotals {
  const points = new Map<string, Point>();
  return {
    add(metrics) {
      for (const { service, name, series } of metrics) {
        for (const each of series) {
          const start = each.startTimeUnixNano ?? "0";
          // A cumulative count begins again with each process, so its start time identifies the process.
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

/** Points with an `error.type` count lost spans. @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/ */
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
