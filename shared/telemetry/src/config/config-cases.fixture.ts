/** One case for each row of the table: what a good value does, what a bad one leads to. Test data. */
import type { TelemetryConfig } from "./types.ts";

export interface ConfigCase {
  readonly variable: string;
  /** A value that differs from the default, and the configuration that it gives. */
  readonly good: string;
  readonly read: (config: TelemetryConfig) => unknown;
  readonly gives: unknown;
  /** Values that are reported once, by name; the default is used. Empty where every text is good. */
  readonly bad: readonly string[];
  /** Other variables that the case needs. */
  readonly with?: Readonly<Record<string, string>>;
}

/** A variable that is always refused. The message says what happens instead. */
export interface RefusedCase {
  readonly variable: string;
  readonly instead: string;
}

const numbers = ["-1", "abc", "1.5", "1e3", "0x10", "2147483648", "NaN", "Infinity", "5 6"];
const sizes = ["0", ...numbers];
const exporters = ["nope", "otlp,nope", "none,otlp", "otlp/stdout", "logging"];

function one(
  variable: string,
  good: string,
  read: ConfigCase["read"],
  gives: unknown,
  bad: readonly string[],
  others: Readonly<Record<string, string>> = {},
): ConfigCase {
  return { variable, good, read, gives, bad, with: others };
}

const general: readonly ConfigCase[] = [
  one("OTEL_SDK_DISABLED", "TRUE", (c) => c.disabled, true, ["1", "yes", "truth"]),
  one("OTEL_SERVICE_NAME", " shop ", (c) => c.serviceName, "shop", []),
  one("OTEL_RESOURCE_ATTRIBUTES", "a=1,b=%2C", (c) => c.resourceAttributes, { a: "1", b: "," }, [
    "a",
    "a=1,b",
    "a=b=c",
    "=1",
    "a=%zz",
    `a=${"x".repeat(256)}`,
  ]),
  one("OTEL_NODE_RESOURCE_DETECTORS", "Host,OS", (c) => c.resourceDetectors, ["host", "os"], ["nope", "none,host"]),
  one("OTEL_LOG_LEVEL", "WARN", (c) => c.diagnosticLevel, "warn", ["loud"]),
  one("OTEL_PROPAGATORS", "B3,baggage,b3", (c) => c.propagators, ["b3", "baggage"], ["jaeger", "xray", "none,b3", ","]),
  one("OTEL_TRACES_SAMPLER", "Always_Off", (c) => c.sampler.name, "always_off", ["jaeger_remote", "xray", "half"]),
  one("OTEL_TRACES_SAMPLER_ARG", "0.25", (c) => c.sampler.ratio, 0.25, ["NaN", "-0.1", "1.1", "half", "0x1", "10"], {
    OTEL_TRACES_SAMPLER: "traceidratio",
  }),
  one("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GET,get", (c) => c.knownHttpMethods, ["GET", "get"], ["G T", ","]),
];

const exporting: readonly ConfigCase[] = [
  one("OTEL_TRACES_EXPORTER", "Console,otlp", (c) => c.traces.exporters, ["console", "otlp"], [...exporters, "zipkin"]),
  one("OTEL_METRICS_EXPORTER", "Prometheus", (c) => c.metrics.exporters, ["prometheus"], exporters),
  one("OTEL_LOGS_EXPORTER", "None", (c) => c.logs.exporters, [], exporters),
  one("OTEL_METRIC_EXPORT_INTERVAL", "90000", (c) => c.metrics.intervalMs, 90_000, sizes),
  one("OTEL_METRIC_EXPORT_TIMEOUT", "1000", (c) => c.metrics.timeoutMs, 1000, numbers),
  one("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0", (c) => c.metrics.prometheus.host, "0.0.0.0", []),
  one("OTEL_EXPORTER_PROMETHEUS_PORT", "9999", (c) => c.metrics.prometheus.port, 9999, ["65536", "-1", "http"]),
  one("OTEL_BSP_SCHEDULE_DELAY", "0", (c) => c.traces.batch.scheduleDelayMs, 0, numbers),
  one("OTEL_BSP_EXPORT_TIMEOUT", "0", (c) => c.traces.batch.exportTimeoutMs, 2_147_483_647, numbers),
  one("OTEL_BSP_MAX_QUEUE_SIZE", "4096", (c) => c.traces.batch.maxQueueSize, 4096, sizes),
  one("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1", (c) => c.traces.batch.maxBatchSize, 1, sizes),
  one("OTEL_BLRP_SCHEDULE_DELAY", "200", (c) => c.logs.batch.scheduleDelayMs, 200, numbers),
  one("OTEL_BLRP_EXPORT_TIMEOUT", "100", (c) => c.logs.batch.exportTimeoutMs, 100, numbers),
  one("OTEL_BLRP_MAX_QUEUE_SIZE", "4096", (c) => c.logs.batch.maxQueueSize, 4096, sizes),
  one("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "100", (c) => c.logs.batch.maxBatchSize, 100, sizes),
];

const limits: readonly ConfigCase[] = [
  one("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "7", (c) => c.spanLimits.attributeValueLengthLimit, 7, sizes),
  one("OTEL_ATTRIBUTE_COUNT_LIMIT", "7", (c) => c.logLimits.attributeCountLimit, 7, numbers),
  one("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "8", (c) => c.spanLimits.attributeValueLengthLimit, 8, sizes),
  one("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0", (c) => c.spanLimits.attributeCountLimit, 0, numbers),
  one("OTEL_SPAN_EVENT_COUNT_LIMIT", "3", (c) => c.spanLimits.eventCountLimit, 3, numbers),
  one("OTEL_SPAN_LINK_COUNT_LIMIT", "3", (c) => c.spanLimits.linkCountLimit, 3, numbers),
  one("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "3", (c) => c.spanLimits.attributePerEventCountLimit, 3, numbers),
  one("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "3", (c) => c.spanLimits.attributePerLinkCountLimit, 3, numbers),
  one("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9", (c) => c.logLimits.attributeValueLengthLimit, 9, sizes),
  one("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "9", (c) => c.logLimits.attributeCountLimit, 9, numbers),
];

const url = "https://collector.example/x/";
const urls = ["localhost", "ftp://a/b", "http://", "::"];
const pem = `${import.meta.dir}/../../fixtures/certificates/ca.pem`;
const key = `${import.meta.dir}/../../fixtures/certificates/client-key.pem`;
const files = ["/nowhere/ca.pem", import.meta.path];

function otlpCases(prefix: string, otlp: (config: TelemetryConfig) => TelemetryConfig["traces"]["otlp"]): ConfigCase[] {
  const own = prefix !== "OTEL_EXPORTER_OTLP";
  const client = { [`${prefix}_CLIENT_CERTIFICATE`]: pem };
  const clientKey = { [`${prefix}_CLIENT_KEY`]: key };
  const path = own ? "" : "v1/traces";
  return [
    one(`${prefix}_ENDPOINT`, url, (c) => otlp(c).endpoint, url + path, [...urls, "unix:/run/x", "localhost:4318"]),
    one(`${prefix}_PROTOCOL`, "GRPC", (c) => otlp(c).protocol, "grpc", ["http", "udp"]),
    one(`${prefix}_HEADERS`, "A=b%20c, d=", (c) => otlp(c).headers, { a: "b c", d: "" }, ["a", "=b", "a b=c", "a=%0a"]),
    one(`${prefix}_TIMEOUT`, "500", (c) => otlp(c).timeoutMs, 500, numbers),
    one(`${prefix}_COMPRESSION`, "GZIP", (c) => otlp(c).compression, "gzip", ["br", "true"]),
    one(`${prefix}_CERTIFICATE`, pem, (c) => otlp(c).ca?.path, pem, files),
    one(`${prefix}_CLIENT_CERTIFICATE`, pem, (c) => otlp(c).client?.certificate.path, pem, files, clientKey),
    one(`${prefix}_CLIENT_KEY`, key, (c) => otlp(c).client?.key.path, key, files, client),
    one(`${prefix}_INSECURE`, "True", (c) => otlp(c).insecure, true, ["1"]),
  ];
}

const metricsOtlp = "OTEL_EXPORTER_OTLP_METRICS";

export const configCases: readonly ConfigCase[] = [
  ...general,
  ...exporting,
  ...limits,
  ...otlpCases("OTEL_EXPORTER_OTLP", (c) => c.traces.otlp),
  ...otlpCases("OTEL_EXPORTER_OTLP_TRACES", (c) => c.traces.otlp),
  ...otlpCases(metricsOtlp, (c) => c.metrics.otlp),
  ...otlpCases("OTEL_EXPORTER_OTLP_LOGS", (c) => c.logs.otlp),
  one(`${metricsOtlp}_TEMPORALITY_PREFERENCE`, "Delta", (c) => c.metrics.temporality, "delta", ["both"]),
  one(
    `${metricsOtlp}_DEFAULT_HISTOGRAM_AGGREGATION`,
    "BASE2_exponential_bucket_histogram",
    (c) => c.metrics.histogram,
    "base2_exponential_bucket_histogram",
    ["explicit"],
  ),
];

export const refusedCases: readonly RefusedCase[] = [
  { variable: "OTEL_CONFIG_FILE", instead: "the other variables stay in force" },
  { variable: "OTEL_EXPERIMENTAL_CONFIG_FILE", instead: "the other variables stay in force" },
  { variable: "OTEL_ENTITIES", instead: "use OTEL_RESOURCE_ATTRIBUTES" },
  { variable: "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT", instead: "use OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT" },
  { variable: "OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT", instead: "use OTEL_LINK_ATTRIBUTE_COUNT_LIMIT" },
  { variable: "OTEL_EXPORTER_ZIPKIN_ENDPOINT", instead: "use OTLP" },
  { variable: "OTEL_EXPORTER_ZIPKIN_TIMEOUT", instead: "use OTLP" },
];

/** Read, validated, and without effect: what they may ask for is what happens anyway. */
export const inertCases: readonly { readonly variable: string; readonly good: string; readonly bad: string }[] = [
  { variable: "OTEL_SEMCONV_STABILITY_OPT_IN", good: "HTTP,rpc,database", bad: "RPC/dup" },
  { variable: "OTEL_METRICS_EXEMPLAR_FILTER", good: "Always_Off", bad: "trace_based" },
];

const unlimited = Number.POSITIVE_INFINITY;
const otlpDefaults = {
  protocol: "http/protobuf",
  headers: {},
  timeoutMs: 10_000,
  compression: "none",
  ca: undefined,
  client: undefined,
  insecure: false,
} as const;

/** Written down from the specification, not from the code. */
export const specifiedDefaults: TelemetryConfig = {
  disabled: false,
  diagnosticLevel: "info",
  serviceName: undefined,
  resourceAttributes: {},
  resourceDetectors: ["env", "host", "os", "process", "serviceinstance"],
  propagators: ["tracecontext", "baggage"],
  sampler: { name: "parentbased_always_on", ratio: 1 },
  knownHttpMethods: ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"],
  spanLimits: {
    attributeValueLengthLimit: unlimited,
    attributeCountLimit: 128,
    eventCountLimit: 128,
    linkCountLimit: 128,
    attributePerEventCountLimit: 128,
    attributePerLinkCountLimit: 128,
  },
  logLimits: { attributeValueLengthLimit: unlimited, attributeCountLimit: 128 },
  traces: {
    exporters: ["otlp"],
    batch: { scheduleDelayMs: 5000, exportTimeoutMs: 30_000, maxQueueSize: 2048, maxBatchSize: 512 },
    otlp: { ...otlpDefaults, endpoint: "http://localhost:4318/v1/traces" },
  },
  metrics: {
    exporters: ["otlp"],
    intervalMs: 60_000,
    timeoutMs: 30_000,
    temporality: "cumulative",
    histogram: "explicit_bucket_histogram",
    prometheus: { host: "localhost", port: 9464 },
    otlp: { ...otlpDefaults, endpoint: "http://localhost:4318/v1/metrics" },
  },
  logs: {
    exporters: ["otlp"],
    batch: { scheduleDelayMs: 1000, exportTimeoutMs: 30_000, maxQueueSize: 2048, maxBatchSize: 512 },
    otlp: { ...otlpDefaults, endpoint: "http://localhost:4318/v1/logs" },
  },
};
