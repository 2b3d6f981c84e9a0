/** The table: every `OTEL_*` variable that is read or refused, in the order of the documentation. */
import { KNOWN_HTTP_METHODS } from "../telemetry.ts";
import {
  boolean,
  duration,
  integer,
  listOf,
  oneOf,
  optional,
  type Row,
  ratio,
  refused,
  row,
  text,
  timeout,
} from "./kinds.ts";
import { otlpMetricRows, otlpRows, otlpSignalRows, signals } from "./otlp.ts";
import { methods, resourceAttributes, stabilityOptIn } from "./text-kinds.ts";

export const diagnosticLevels = ["none", "error", "warn", "info", "debug", "verbose", "all"] as const;
export const propagatorNames = ["tracecontext", "baggage", "b3", "b3multi"] as const;
export const detectorNames = ["env", "host", "os", "process", "serviceinstance"] as const;
export const samplerNames = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

const NOT_BUILT_IN = "not built in";

export const generalRows = {
  OTEL_SDK_DISABLED: row(boolean, false, "Turns telemetry off. Incoming context is still passed on."),
  OTEL_SERVICE_NAME: row(
    optional(text),
    undefined,
    "`service.name`. Replaces the one of `OTEL_RESOURCE_ATTRIBUTES` and the one that the program sets.",
    "the name that the program sets",
  ),
  OTEL_RESOURCE_ATTRIBUTES: row(
    resourceAttributes,
    {},
    "Resource attributes. One bad entry discards the whole value. `resourceAttributes` of the program replace them.",
    "none",
  ),
  OTEL_NODE_RESOURCE_DETECTORS: row(
    listOf([...detectorNames, "all"]),
    ["all"],
    "Resource attributes to detect. The command line is never one of them, because it may hold a secret. `env` is always on.",
  ),
  OTEL_LOG_LEVEL: row(oneOf(diagnosticLevels), "info", "Log level of what telemetry reports about itself."),
  OTEL_PROPAGATORS: row(
    listOf(propagatorNames, { jaeger: NOT_BUILT_IN, xray: NOT_BUILT_IN, ottrace: NOT_BUILT_IN }),
    ["tracecontext", "baggage"],
    "Formats in which context is read from and written to requests.",
  ),
  OTEL_TRACES_SAMPLER: row(
    oneOf(samplerNames, {
      jaeger_remote: NOT_BUILT_IN,
      parentbased_jaeger_remote: NOT_BUILT_IN,
      xray: NOT_BUILT_IN,
    }),
    "parentbased_always_on",
    "Sampler: which traces are recorded.",
  ),
  OTEL_TRACES_SAMPLER_ARG: row(
    ratio,
    1,
    "Fraction of new traces that the two `traceidratio` samplers record.",
    "`1`, which records everything",
  ),
  OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: row(
    methods,
    KNOWN_HTTP_METHODS,
    "HTTP methods that are reported by name. Any other is reported as `_OTHER`.",
  ),
  OTEL_SEMCONV_STABILITY_OPT_IN: row(
    stabilityOptIn,
    undefined,
    "No effect: only the stable names are sent.",
    "only stable names",
  ),
  OTEL_CONFIG_FILE: row(refused("no configuration file is read; the other variables stay in force"), undefined, ""),
  OTEL_EXPERIMENTAL_CONFIG_FILE: row(
    refused("no configuration file is read; the other variables stay in force"),
    undefined,
    "",
  ),
  OTEL_ENTITIES: row(refused("entities are not sent; use OTEL_RESOURCE_ATTRIBUTES"), undefined, ""),
} as const;

const noLengthLimit = "no limit";
// The SDK takes 0 for "no limit" and logs a warning for each attribute, so the shortest text that can be asked for is 1.
const length = optional(integer(1));
const count = integer(0);

export const limitRows = {
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: row(
    length,
    undefined,
    "Maximum length of a text attribute of a span or log record.",
    noLengthLimit,
  ),
  OTEL_ATTRIBUTE_COUNT_LIMIT: row(count, 128, "Maximum number of attributes of a span or log record."),
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: row(
    length,
    undefined,
    "Maximum length of a text attribute of a span.",
    "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
  ),
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: row(
    optional(count),
    undefined,
    "Maximum number of attributes of a span.",
    "`OTEL_ATTRIBUTE_COUNT_LIMIT`",
  ),
  OTEL_SPAN_EVENT_COUNT_LIMIT: row(count, 128, "Maximum number of events of a span. The oldest are dropped first."),
  OTEL_SPAN_LINK_COUNT_LIMIT: row(count, 128, "Maximum number of links of a span. The oldest are dropped first."),
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: row(count, 128, "Maximum number of attributes of an event."),
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: row(count, 128, "Maximum number of attributes of a link."),
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: row(
    length,
    undefined,
    "Maximum length of a text attribute of a log record.",
    "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
  ),
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: row(
    optional(count),
    undefined,
    "Maximum number of attributes of a log record.",
    "`OTEL_ATTRIBUTE_COUNT_LIMIT`",
  ),
  OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: row(refused("use OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"), undefined, ""),
  OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: row(refused("use OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"), undefined, ""),
} as const;

const refusedExporters = {
  "otlp/stdout": "not built in",
  logging: "the old name of console",
};

export const exporterRows = {
  OTEL_TRACES_EXPORTER: row(
    listOf(["otlp", "console"], { ...refusedExporters, zipkin: "deprecated" }),
    ["otlp"],
    "Exporters of spans.",
  ),
  OTEL_METRICS_EXPORTER: row(
    listOf(["otlp", "prometheus", "console"], refusedExporters),
    ["otlp"],
    "Exporters of metrics. `prometheus` serves them at `/metrics`.",
  ),
  OTEL_LOGS_EXPORTER: row(
    listOf(["otlp", "console"], refusedExporters),
    ["otlp"],
    "Exporters of log records. The JSON lines on standard output do not depend on it.",
  ),
  OTEL_METRIC_EXPORT_INTERVAL: row(duration(1), 60_000, "Time between two exports of metrics."),
  OTEL_METRIC_EXPORT_TIMEOUT: row(timeout, 30_000, "Timeout of one export of metrics. At most the interval."),
  OTEL_METRICS_EXEMPLAR_FILTER: row(
    oneOf(["always_off"], { always_on: "exemplars are not recorded", trace_based: "exemplars are not recorded" }),
    "always_off",
    "No effect: the metrics SDK records no exemplars.",
  ),
  OTEL_EXPORTER_PROMETHEUS_HOST: row(text, "localhost", "Address of the Prometheus endpoint."),
  OTEL_EXPORTER_PROMETHEUS_PORT: row(integer(0, 65_535), 9464, "Port of the Prometheus endpoint. 0 takes a free one."),
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: row(refused("spans are not sent to Zipkin; use OTLP"), undefined, ""),
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: row(refused("spans are not sent to Zipkin; use OTLP"), undefined, ""),
} as const;

const size = integer(1);

export const batchRows = {
  OTEL_BSP_SCHEDULE_DELAY: row(duration(0), 5000, "Maximum time that an ended span waits for its batch to fill."),
  OTEL_BSP_EXPORT_TIMEOUT: row(timeout, 30_000, "Timeout of one export of spans, retries included."),
  OTEL_BSP_MAX_QUEUE_SIZE: row(
    size,
    2048,
    "Maximum number of ended spans that wait. More are dropped and counted. When the queue is half full, a trace that already has 1/32 of the queue in it may add no more.",
  ),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: row(size, 512, "Maximum number of spans in one export. At most the queue size."),
  OTEL_BLRP_SCHEDULE_DELAY: row(duration(0), 1000, "Maximum time that a log record waits for its batch to fill."),
  OTEL_BLRP_EXPORT_TIMEOUT: row(timeout, 30_000, "Timeout of one export of log records, retries included."),
  OTEL_BLRP_MAX_QUEUE_SIZE: row(size, 2048, "The same for log records."),
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: row(
    size,
    512,
    "Maximum number of log records in one export. At most the queue size.",
  ),
} as const;

export interface Section {
  readonly title: string;
  readonly rows: Readonly<Record<string, Row<unknown>>>;
}

export const sections: readonly Section[] = [
  { title: "General", rows: generalRows },
  { title: "Exporters", rows: exporterRows },
  { title: "Batches", rows: batchRows },
  { title: "Limits", rows: limitRows },
  { title: "OTLP, all signals", rows: prefixed("OTEL_EXPORTER_OTLP", otlpRows) },
  ...signals.map((signal) => ({
    title: `OTLP, ${signal.toLowerCase()}`,
    rows: {
      ...prefixed(`OTEL_EXPORTER_OTLP_${signal}`, otlpSignalRows),
      ...(signal === "METRICS" ? otlpMetricRows : {}),
    },
  })),
];

function prefixed(prefix: string, rows: Readonly<Record<string, Row<unknown>>>): Section["rows"] {
  return Object.fromEntries(Object.entries(rows).map(([suffix, row]) => [`${prefix}_${suffix}`, row]));
}
