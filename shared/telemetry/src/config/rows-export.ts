/** Variables of the way out: which exporter, how batches are cut, and OTLP for all signals and for each. */
import { boolean, duration, integer, listOf, oneOf, optional, refused, text, timeout } from "./kinds.ts";
import { row } from "./row.ts";
import { endpoint, headers, pemFile } from "./text-kinds.ts";

export const protocols = ["http/protobuf", "http/json", "grpc"] as const;
export const compressions = ["none", "gzip"] as const;
export const temporalities = ["cumulative", "delta", "lowmemory"] as const;
export const histograms = ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"] as const;
export const signals = ["TRACES", "METRICS", "LOGS"] as const;

const refusedExporters = {
  "otlp/stdout": "not built in",
  logging: "the old name of console",
};

export const exporterRows = {
  OTEL_TRACES_EXPORTER: row(
    listOf(["otlp", "console"], { ...refusedExporters, zipkin: "deprecated" }),
    ["otlp"],
    "Where spans go.",
  ),
  OTEL_METRICS_EXPORTER: row(
    listOf(["otlp", "prometheus", "console"], refusedExporters),
    ["otlp"],
    "Where metrics go. `prometheus` serves them at `/metrics`.",
  ),
  OTEL_LOGS_EXPORTER: row(
    listOf(["otlp", "console"], refusedExporters),
    ["otlp"],
    "Where log records go, besides the JSON lines on standard output.",
  ),
  OTEL_METRIC_EXPORT_INTERVAL: row(duration(1), 60_000, "Between two exports of metrics."),
  OTEL_METRIC_EXPORT_TIMEOUT: row(timeout, 30_000, "For one export of metrics; never longer than the interval."),
  OTEL_METRICS_EXEMPLAR_FILTER: row(
    oneOf(["always_off"], { always_on: "exemplars are not recorded", trace_based: "exemplars are not recorded" }),
    "always_off",
    "Changes nothing: the metrics SDK records no exemplars.",
  ),
  OTEL_EXPORTER_PROMETHEUS_HOST: row(text, "localhost", "Address of the Prometheus endpoint."),
  OTEL_EXPORTER_PROMETHEUS_PORT: row(integer(0, 65_535), 9464, "Its port; 0 takes a free one."),
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: row(refused("spans are not sent to Zipkin; use OTLP"), undefined, ""),
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: row(refused("spans are not sent to Zipkin; use OTLP"), undefined, ""),
} as const;

const size = integer(1);

export const batchRows = {
  OTEL_BSP_SCHEDULE_DELAY: row(duration(0), 5000, "The longest that an ended span waits for its batch to fill."),
  OTEL_BSP_EXPORT_TIMEOUT: row(timeout, 30_000, "For one export of spans, with its retries."),
  OTEL_BSP_MAX_QUEUE_SIZE: row(size, 2048, "Ended spans that wait at most; more are dropped, and counted."),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: row(size, 512, "Spans in one export; never more than the queue holds."),
  OTEL_BLRP_SCHEDULE_DELAY: row(duration(0), 1000, "The same for log records."),
  OTEL_BLRP_EXPORT_TIMEOUT: row(timeout, 30_000, "For one export of log records, with its retries."),
  OTEL_BLRP_MAX_QUEUE_SIZE: row(size, 2048, "Log records that wait at most; more are dropped, and counted."),
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: row(size, 512, "Log records in one export; never more than the queue holds."),
} as const;

/** OTLP for all signals, each row under `OTEL_EXPORTER_OTLP_`. */
export const otlpRows = {
  ENDPOINT: row(
    endpoint,
    undefined,
    "Where to send. Over HTTP, `v1/traces`, `v1/metrics` or `v1/logs` is added.",
    "`http://localhost:4318`; with `grpc`, `http://localhost:4317`",
  ),
  PROTOCOL: row(optional(oneOf(protocols)), undefined, "How to send.", "`http/protobuf`"),
  HEADERS: row(headers, {}, "Sent with each request.", "none"),
  TIMEOUT: row(optional(timeout), undefined, "For one batch, with its retries.", "`10000`"),
  COMPRESSION: row(optional(oneOf(compressions)), undefined, "Of the body.", "`none`"),
  CERTIFICATE: row(pemFile, undefined, "Authorities trusted instead of the system's.", "the system's"),
  CLIENT_CERTIFICATE: row(pemFile, undefined, "Shown to a server that asks for one; needs the key too.", "none"),
  CLIENT_KEY: row(pemFile, undefined, "Its private key.", "none"),
  INSECURE: row(
    optional(boolean),
    undefined,
    "Without TLS, for a `grpc` endpoint that is given without `http://` or `https://`.",
    "`false`",
  ),
} as const;

export type OtlpSuffix = keyof typeof otlpRows;

/** The same rows for one signal. Endpoints are used as they stand; headers are added to those for all signals. */
export const otlpSignalRows: typeof otlpRows = {
  ...otlpRows,
  ENDPOINT: row(endpoint, undefined, "Where to send; used as it stands.", "from `OTEL_EXPORTER_OTLP_ENDPOINT`"),
  PROTOCOL: inherited("PROTOCOL"),
  HEADERS: row(headers, {}, "Added to `OTEL_EXPORTER_OTLP_HEADERS`; wins over one of the same name.", "none"),
  TIMEOUT: inherited("TIMEOUT"),
  COMPRESSION: inherited("COMPRESSION"),
  CERTIFICATE: inherited("CERTIFICATE"),
  CLIENT_CERTIFICATE: inherited("CLIENT_CERTIFICATE"),
  CLIENT_KEY: inherited("CLIENT_KEY"),
  INSECURE: inherited("INSECURE"),
};

export const otlpMetricRows = {
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: row(
    oneOf(temporalities),
    "cumulative",
    "Whether counters and histograms tell their total or what was added since the last export.",
  ),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: row(
    oneOf(histograms),
    "explicit_bucket_histogram",
    "The kind of histogram.",
  ),
} as const;

function inherited<S extends OtlpSuffix>(suffix: S): (typeof otlpRows)[S] {
  const general = otlpRows[suffix];
  return { ...general, fallbackText: `\`OTEL_EXPORTER_OTLP_${suffix}\`` };
}
