/** The OTLP variables, general and for one signal, and the configuration that they give for each signal. */
import {
  boolean,
  type ConfigProblem,
  type Environment,
  oneOf,
  optional,
  type RowValues,
  readRows,
  row,
  timeout,
} from "./kinds.ts";
import { endpoint, headers, type PemFile, pemFile } from "./text-kinds.ts";

export const protocols = ["http/protobuf", "http/json", "grpc"] as const;
export const compressions = ["none", "gzip"] as const;
export const temporalities = ["cumulative", "delta", "lowmemory"] as const;
export const histograms = ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"] as const;
export const signals = ["TRACES", "METRICS", "LOGS"] as const;

export type OtlpProtocol = (typeof protocols)[number];
export type Signal = (typeof signals)[number];

export interface OtlpConfig {
  readonly protocol: OtlpProtocol;
  /** Over HTTP the whole URL, path included; over gRPC what was given. May hold credentials: not for messages. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For one export, retries included. */
  readonly timeoutMs: number;
  readonly compression: (typeof compressions)[number];
  readonly ca: PemFile | undefined;
  /** Both or neither. */
  readonly client: { readonly certificate: PemFile; readonly key: PemFile } | undefined;
  /** Only for a gRPC endpoint without a scheme. */
  readonly insecure: boolean;
}

/** OTLP for all signals, each row under `OTEL_EXPORTER_OTLP_`. */
export const otlpRows = {
  ENDPOINT: row(
    endpoint,
    undefined,
    "Where to send. Over HTTP, `v1/traces`, `v1/metrics` or `v1/logs` is appended. 4318 is the port for HTTP, 4317 the one for gRPC.",
    "`http://localhost:4318`; with `grpc`, `http://localhost:4317`",
  ),
  PROTOCOL: row(optional(oneOf(protocols)), undefined, "Protocol and encoding.", "`http/protobuf`"),
  HEADERS: row(headers, {}, "Headers of each export request, such as the credentials of a hosted backend.", "none"),
  TIMEOUT: row(optional(timeout), undefined, "Timeout of one export, retries included.", "`10000`"),
  COMPRESSION: row(optional(oneOf(compressions)), undefined, "Compression of the request body.", "`none`"),
  CERTIFICATE: row(
    pemFile,
    undefined,
    "Certificate authorities to trust instead of those of the system.",
    "those of the system",
  ),
  CLIENT_CERTIFICATE: row(pemFile, undefined, "Client certificate for mutual TLS. Needs the key too.", "none"),
  CLIENT_KEY: row(pemFile, undefined, "Private key of the client certificate.", "none"),
  INSECURE: row(
    optional(boolean),
    undefined,
    "No TLS, for a `grpc` endpoint without `http://` or `https://`.",
    "`false`",
  ),
} as const;

export type OtlpSuffix = keyof typeof otlpRows;

/** The same rows for one signal. Endpoints are used as they stand; headers are added to those for all signals. */
export const otlpSignalRows: typeof otlpRows = {
  ...otlpRows,
  ENDPOINT: row(
    endpoint,
    undefined,
    "Where to send. Used unchanged: over HTTP it needs the whole path.",
    "from `OTEL_EXPORTER_OTLP_ENDPOINT`",
  ),
  PROTOCOL: inherited("PROTOCOL"),
  HEADERS: row(headers, {}, "Added to `OTEL_EXPORTER_OTLP_HEADERS`. Replaces a header of the same name.", "none"),
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
    "Whether counters and histograms report totals, or what was added since the last export.",
  ),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: row(
    oneOf(histograms),
    "explicit_bucket_histogram",
    "Type of histogram.",
  ),
} as const;

function inherited<S extends OtlpSuffix>(suffix: S): (typeof otlpRows)[S] {
  const general = otlpRows[suffix];
  return { ...general, fallbackText: `\`OTEL_EXPORTER_OTLP_${suffix}\`` };
}

type Rows = RowValues<typeof otlpRows>;

const DEFAULT_TIMEOUT_MS = 10_000;
const GENERAL_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

/** @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#configuration-options */
export function readOtlp(env: Environment, problems: ConfigProblem[]): Readonly<Record<Signal, OtlpConfig>> {
  const general = readRows(env, otlpRows, problems, "OTEL_EXPORTER_OTLP_");
  const [traces, metrics, logs] = signals.map((signal) => {
    const own = readRows(env, otlpSignalRows, problems, `OTEL_EXPORTER_OTLP_${signal}_`);
    return otlpConfig(signal, general, own, problems);
  }) as [OtlpConfig, OtlpConfig, OtlpConfig];
  return { TRACES: traces, METRICS: metrics, LOGS: logs };
}

function otlpConfig(signal: Signal, general: Rows, own: Rows, problems: ConfigProblem[]): OtlpConfig {
  const protocol = own.PROTOCOL ?? general.PROTOCOL ?? "http/protobuf";
  return {
    protocol,
    endpoint:
      protocol === "grpc"
        ? (own.ENDPOINT ?? general.ENDPOINT ?? "http://localhost:4317")
        : httpEndpoint(signal, general, own, problems),
    headers: { ...general.HEADERS, ...own.HEADERS },
    timeoutMs: own.TIMEOUT ?? general.TIMEOUT ?? DEFAULT_TIMEOUT_MS,
    compression: own.COMPRESSION ?? general.COMPRESSION ?? "none",
    ca: own.CERTIFICATE ?? general.CERTIFICATE,
    client: clientCertificate(general, own, problems),
    insecure: own.INSECURE ?? general.INSECURE ?? false,
  };
}

function httpEndpoint(signal: Signal, general: Rows, own: Rows, problems: ConfigProblem[]): string {
  const path = `v1/${signal.toLowerCase()}`;
  const ownUrl = httpUrl(own.ENDPOINT);
  if (ownUrl !== undefined) return ownUrl.href;
  if (own.ENDPOINT !== undefined) noUrl(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, own.ENDPOINT, path, problems);
  const base = httpUrl(general.ENDPOINT);
  if (base === undefined && general.ENDPOINT !== undefined) noUrl(GENERAL_ENDPOINT, general.ENDPOINT, "", problems);
  const [signalPath] = /\/v1\/(traces|metrics|logs)(?=\/*$)/.exec(base?.pathname ?? "") ?? [];
  if (signalPath !== undefined) {
    const message = `${GENERAL_ENDPOINT} ends in ${signalPath}, and the path of each signal is added to that: leave ${signalPath} out`;
    reportOnce(problems, GENERAL_ENDPOINT, message);
  }
  const url = base ?? new URL("http://localhost:4318");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`;
  return url.href;
}

function httpUrl(endpoint: string | undefined): URL | undefined {
  return endpoint !== undefined && /^https?:/i.test(endpoint) ? new URL(endpoint) : undefined;
}

/** `host:port`, or an address that only gRPC has. */
function noUrl(variable: string, endpoint: string, path: string, problems: ConfigProblem[]): void {
  const address = endpoint.startsWith("unix:") ? "HOST:4318" : endpoint;
  const meant = `http://${address}${path && `/${path}`}`;
  const message = `${variable} is not an http:// or https:// URL, which OTLP over HTTP needs: write ${meant}; used instead: the default`;
  reportOnce(problems, variable, message);
}

/** Each signal reads the general variables, so each would report the same problem. */
function reportOnce(problems: ConfigProblem[], variable: string, message: string): void {
  if (!problems.some((problem) => problem.variable === variable)) problems.push({ variable, message });
}

function clientCertificate(general: Rows, own: Rows, problems: ConfigProblem[]): OtlpConfig["client"] {
  const certificate = own.CLIENT_CERTIFICATE ?? general.CLIENT_CERTIFICATE;
  const key = own.CLIENT_KEY ?? general.CLIENT_KEY;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const variable = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";
  if ((certificate ?? key) !== undefined) {
    const message = `${variable} and OTEL_EXPORTER_OTLP_CLIENT_KEY are needed together; used instead: neither`;
    reportOnce(problems, variable, message);
  }
  return undefined;
}
