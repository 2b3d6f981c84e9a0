/** From OTLP/JSON to the same messages that protobuf decodes to. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import type { ExportLogsServiceRequest } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import type { ExportMetricsServiceRequest } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import type { ExportTraceServiceRequest } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import type {
  AnyValue,
  ArrayValue,
  InstrumentationScope,
  KeyValue,
  KeyValueList,
} from "./gen/opentelemetry/proto/common/v1/common.ts";
import type { LogRecord, ResourceLogs, ScopeLogs } from "./gen/opentelemetry/proto/logs/v1/logs.ts";
import type * as Metrics from "./gen/opentelemetry/proto/metrics/v1/metrics.ts";
import type { Resource } from "./gen/opentelemetry/proto/resource/v1/resource.ts";
import type * as Traces from "./gen/opentelemetry/proto/trace/v1/trace.ts";
import {
  base64,
  bool,
  double,
  hex,
  int32,
  int64,
  integer,
  list,
  message,
  optional,
  type Reader,
  text,
  uint64,
} from "./json-reader.ts";

/** Enumerations are whole numbers. An unknown one is kept, as in protobuf. */
const enumeration = <Enum extends number>(): Reader<Enum> => int32 as Reader<Enum>;

const anyValue: Reader<AnyValue> = (sent) => readAnyValue(sent);
const attributes = list(message<KeyValue>({ key: text, value: optional(anyValue) }));
const readAnyValue = message<AnyValue>({
  stringValue: optional(text),
  boolValue: optional(bool),
  intValue: optional(int64),
  doubleValue: optional(double),
  arrayValue: optional(message<ArrayValue>({ values: list(anyValue) })),
  kvlistValue: optional(message<KeyValueList>({ values: attributes })),
  bytesValue: optional(base64),
});
const resource = optional(message<Resource>({ attributes }));
const scope = optional(message<InstrumentationScope>({ name: text, version: text, attributes }));

const uint32: Reader<number> = (sent) => Number(integer(0n, 2n ** 32n - 1n)(sent));
const droppedAttributesCount = uint32;
const span = message<Traces.Span>({
  traceId: hex,
  spanId: hex,
  traceState: text,
  parentSpanId: hex,
  name: text,
  kind: enumeration(),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  events: list(message<Traces.SpanEvent>({ timeUnixNano: uint64, name: text, attributes, droppedAttributesCount })),
  links: list(
    message<Traces.SpanLink>({ traceId: hex, spanId: hex, attributes, droppedAttributesCount, flags: uint32 }),
  ),
  droppedAttributesCount,
  droppedEventsCount: uint32,
  droppedLinksCount: uint32,
  flags: uint32,
  status: optional(message<Traces.Status>({ message: text, code: enumeration() })),
});

/** @throws JsonFormError */
export const readTraceJson = message<ExportTraceServiceRequest>({
  resourceSpans: list(
    message<Traces.ResourceSpans>({
      resource,
      scopeSpans: list(message<Traces.ScopeSpans>({ scope, spans: list(span) })),
    }),
  ),
});

const logRecord = message<LogRecord>({
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: int32,
  severityText: text,
  body: optional(anyValue),
  attributes,
  traceId: hex,
  spanId: hex,
  eventName: text,
});

/** @throws JsonFormError */
export const readLogsJson = message<ExportLogsServiceRequest>({
  resourceLogs: list(
    message<ResourceLogs>({
      resource,
      scopeLogs: list(message<ScopeLogs>({ scope, logRecords: list(logRecord) })),
    }),
  ),
});

const exemplars = list(
  message<Metrics.Exemplar>({
    timeUnixNano: uint64,
    asDouble: optional(double),
    asInt: optional(int64),
    spanId: hex,
    traceId: hex,
  }),
);
const point = { attributes, startTimeUnixNano: uint64, timeUnixNano: uint64, flags: uint32 };
const spread = { count: uint64, sum: optional(double), min: optional(double), max: optional(double) };
const buckets = optional(message<Metrics.ExponentialBuckets>({ offset: int32, bucketCounts: list(uint64) }));
const numberPoints = list(
  message<Metrics.NumberDataPoint>({ ...point, exemplars, asDouble: optional(double), asInt: optional(int64) }),
);
const histogramPoints = list(
  message<Metrics.HistogramDataPoint>({
    ...point,
    ...spread,
    bucketCounts: list(uint64),
    explicitBounds: list(double),
    exemplars,
  }),
);
const exponentialPoints = list(
  message<Metrics.ExponentialHistogramDataPoint>({
    ...point,
    ...spread,
    scale: int32,
    zeroCount: uint64,
    positive: buckets,
    negative: buckets,
    exemplars,
  }),
);
const summaryPoints = list(
  message<Metrics.SummaryDataPoint>({
    ...point,
    count: uint64,
    sum: double,
    quantileValues: list(message<Metrics.ValueAtQuantile>({ quantile: double, value: double })),
  }),
);
const temporality = { aggregationTemporality: enumeration<Metrics.AggregationTemporality>() };
const metric = message<Metrics.Metric>({
  name: text,
  description: text,
  unit: text,
  gauge: optional(message<Metrics.Gauge>({ dataPoints: numberPoints })),
  sum: optional(message<Metrics.Sum>({ dataPoints: numberPoints, ...temporality, isMonotonic: bool })),
  histogram: optional(message<Metrics.Histogram>({ dataPoints: histogramPoints, ...temporality })),
  exponentialHistogram: optional(
    message<Metrics.ExponentialHistogram>({ dataPoints: exponentialPoints, ...temporality }),
  ),
  summary: optional(message<Metrics.Summary>({ dataPoints: summaryPoints })),
});

/** @throws JsonFormError */
export const readMetricsJson = message<ExportMetricsServiceRequest>({
  resourceMetrics: list(
    message<Metrics.ResourceMetrics>({
      resource,
      scopeMetrics: list(message<Metrics.ScopeMetrics>({ scope, metrics: list(metric) })),
    }),
  ),
});
