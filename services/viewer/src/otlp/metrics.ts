/** OTLP metrics to records. */

import type {
  ExemplarRecord,
  ExponentialValue,
  HistogramValue,
  MetricPoint,
  MetricRecord,
  MetricType,
  MetricValue,
  NumberValue,
  Resource,
  Scope,
  SummaryValue,
  Temporality,
} from "../records.ts";
import { readAttributes, showInteger } from "./attributes.ts";
import { type Reading, readId, readResource, readScope } from "./common.ts";
import type { ExportMetricsServiceRequest } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import type {
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  SummaryDataPoint,
} from "./gen/opentelemetry/proto/metrics/v1/metrics.ts";

const TEMPORALITIES: readonly Temporality[] = ["unspecified", "delta", "cumulative"];

/** The fields of all kinds of data points. */
interface WirePoint extends Pick<NumberDataPoint, "attributes" | "startTimeUnixNano" | "timeUnixNano" | "flags"> {
  /** A summary has none. */
  readonly exemplars?: readonly Exemplar[];
}

const NO_RECORDED_VALUE = 1;

/** @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/ */
export function readMetrics({ resourceMetrics }: ExportMetricsServiceRequest): Reading<MetricRecord> {
  const items: MetricRecord[] = [];
  const rejections: string[] = [];
  for (const group of resourceMetrics) {
    const resource = readResource(group.resource);
    for (const { scope: wireScope, metrics } of group.scopeMetrics) {
      const scope = readScope(wireScope);
      for (const metric of metrics) {
        if (metric.name !== "") items.push(readMetric(metric, resource, scope));
        else rejections.push(...pointsOf(metric).map(() => "a metric must have a name"));
      }
    }
  }
  return { items, rejections };
}

function readMetric(metric: Metric, resource: Resource, scope: Scope): MetricRecord {
  const { name, unit, description, sum, histogram, exponentialHistogram } = metric;
  const temporality = (sum ?? histogram ?? exponentialHistogram)?.aggregationTemporality ?? 0;
  return {
    resource,
    scope,
    name,
    unit,
    description,
    type: typeOf(metric),
    monotonic: sum?.isMonotonic ?? false,
    temporality: TEMPORALITIES[temporality] ?? "unspecified",
    points: pointsOf(metric),
  };
}

function typeOf(metric: Metric): MetricType {
  if (metric.sum) return "sum";
  if (metric.histogram || metric.exponentialHistogram) return "histogram";
  return metric.summary ? "summary" : "gauge";
}

function pointsOf({ gauge, sum, histogram, exponentialHistogram, summary }: Metric): readonly MetricPoint[] {
  return [
    ...readPoints((gauge ?? sum)?.dataPoints, readNumber),
    ...readPoints(histogram?.dataPoints, readHistogram),
    ...readPoints(exponentialHistogram?.dataPoints, readExponential),
    ...readPoints(summary?.dataPoints, readSummary),
  ];
}

function readPoints<Point extends WirePoint>(
  points: readonly Point[] | undefined,
  readValue: (point: Point) => MetricValue,
): readonly MetricPoint[] {
  return (points ?? []).map((point) => ({
    attributes: readAttributes(point.attributes),
    startTime: point.startTimeUnixNano,
    time: point.timeUnixNano,
    value: (point.flags & NO_RECORDED_VALUE) === 0 ? readValue(point) : undefined,
    exemplars: (point.exemplars ?? []).flatMap(readExemplar),
  }));
}

/** One that names no span leads nowhere. */
function readExemplar({ timeUnixNano, asInt, asDouble, traceId, spanId }: Exemplar): readonly ExemplarRecord[] {
  const [trace, span] = [readId(traceId, 16), readId(spanId, 8)];
  if (trace === undefined || span === undefined) return [];
  return [{ time: timeUnixNano, ...readNumber({ asInt, asDouble }), traceId: trace, spanId: span }];
}

function readNumber({ asInt, asDouble }: Pick<NumberDataPoint, "asInt" | "asDouble">): NumberValue {
  if (asInt !== undefined) return { value: showInteger(asInt) };
  const double = asDouble ?? 0;
  return { value: Number.isFinite(double) ? double : String(double) };
}

function readHistogram({ count, sum, min, max, explicitBounds, bucketCounts }: HistogramDataPoint): HistogramValue {
  return {
    count: showInteger(count),
    sum: sum ?? null,
    min: min ?? null,
    max: max ?? null,
    bounds: explicitBounds,
    counts: bucketCounts.map(showInteger),
  };
}

function readExponential(point: ExponentialHistogramDataPoint): ExponentialValue {
  const { count, sum, min, max, scale, zeroCount } = point;
  return {
    count: showInteger(count),
    sum: sum ?? null,
    min: min ?? null,
    max: max ?? null,
    scale,
    zeroCount,
    positive: readBuckets(point.positive),
    negative: readBuckets(point.negative),
  };
}

function readBuckets(buckets: ExponentialBuckets | undefined) {
  return { offset: buckets?.offset ?? 0, counts: buckets?.bucketCounts ?? [] };
}

function readSummary({ count, sum, quantileValues }: SummaryDataPoint): SummaryValue {
  return {
    count: showInteger(count),
    sum,
    quantiles: quantileValues.map(({ quantile, value }) => ({ quantile, value })),
  };
}
