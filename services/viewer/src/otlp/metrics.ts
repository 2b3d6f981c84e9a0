/** From OTLP metrics to records. Exponential histograms become histograms with explicit bounds. */

import type { MetricPoint, MetricRecord, MetricType, MetricValue, Temporality } from "../records.ts";
import { readAttributes, showInteger } from "./attributes.ts";
import { type Reading, readResource } from "./common.ts";
import { readExponential } from "./exponential.ts";
import type { ExportMetricsServiceRequest } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import type {
  AggregationTemporality,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  SummaryDataPoint,
} from "./gen/opentelemetry/proto/metrics/v1/metrics.ts";

const TEMPORALITIES: readonly Temporality[] = ["unspecified", "delta", "cumulative"];

/** The fields of all kinds of data points. */
interface WirePoint extends Pick<NumberDataPoint, "attributes" | "startTimeUnixNano" | "timeUnixNano"> {}

/** @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/ */
export function readMetrics({ resourceMetrics }: ExportMetricsServiceRequest): Reading<MetricRecord> {
  const items: MetricRecord[] = [];
  const rejections: string[] = [];
  for (const group of resourceMetrics) {
    const { service } = readResource(group.resource);
    for (const metric of group.scopeMetrics.flatMap(({ metrics }) => metrics)) {
      if (metric.name !== "") items.push(readMetric(metric, service));
      else rejections.push(...pointsOf(metric).map(() => "a metric must have a name"));
    }
  }
  return { items, rejections };
}

function readMetric(metric: Metric, service: string): MetricRecord {
  const { name, unit, description } = metric;
  const type = typeOf(metric);
  return {
    service,
    name,
    unit,
    description,
    type,
    monotonic: metric.sum?.isMonotonic ?? false,
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
    ...(gauge?.dataPoints ?? []).map((point) => readPoint(point, 0, readNumber(point))),
    ...(sum?.dataPoints ?? []).map((point) => readPoint(point, sum?.aggregationTemporality, readNumber(point))),
    ...(histogram?.dataPoints ?? []).map((point) =>
      readPoint(point, histogram?.aggregationTemporality, readHistogram(point)),
    ),
    ...(exponentialHistogram?.dataPoints ?? []).map((point) =>
      readPoint(point, exponentialHistogram?.aggregationTemporality, readExponential(point)),
    ),
    ...(summary?.dataPoints ?? []).map((point) => readPoint(point, 0, readSummary(point))),
  ];
}

function readPoint(point: WirePoint, temporality: AggregationTemporality | undefined, value: MetricValue): MetricPoint {
  return {
    attributes: readAttributes(point.attributes),
    startTime: point.startTimeUnixNano,
    time: point.timeUnixNano,
    temporality: TEMPORALITIES[temporality ?? 0] ?? "unspecified",
    value,
  };
}

function readNumber({ asInt, asDouble }: NumberDataPoint): MetricValue {
  if (asInt !== undefined) return { value: showInteger(asInt) };
  const double = asDouble ?? 0;
  return { value: Number.isFinite(double) ? double : String(double) };
}

function readHistogram({ count, sum, min, max, explicitBounds, bucketCounts }: HistogramDataPoint): MetricValue {
  return {
    count: showInteger(count),
    sum: sum ?? null,
    min: min ?? null,
    max: max ?? null,
    bounds: explicitBounds,
    counts: bucketCounts.map(showInteger),
  };
}

function readSummary({ count, sum, quantileValues }: SummaryDataPoint): MetricValue {
  return {
    count: showInteger(count),
    sum,
    quantiles: quantileValues.map(({ quantile, value }) => ({ quantile, value })),
  };
}
