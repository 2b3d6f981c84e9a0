/** The OTLP variables, general and per signal, to one configuration for each signal. */
import { type ConfigProblem, type Environment, type RowValues, readRows } from "./read-rows.ts";
import { type compressions, otlpRows, otlpSignalRows, type protocols, signals } from "./rows-export.ts";
import type { PemFile } from "./text-kinds.ts";

export type OtlpProtocol = (typeof protocols)[number];
export type Signal = (typeof signals)[number];

export interface OtlpConfig {
  readonly protocol: OtlpProtocol;
  /** Over HTTP the whole URL, path included; over gRPC what was given. May hold credentials: not for messages. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For one batch, with its retries. */
  readonly timeoutMs: number;
  readonly compression: (typeof compressions)[number];
  readonly ca: PemFile | undefined;
  /** Both or neither. */
  readonly client: { readonly certificate: PemFile; readonly key: PemFile } | undefined;
  /** Only for a gRPC endpoint without a scheme. */
  readonly insecure: boolean;
}

type Rows = RowValues<typeof otlpRows>;

const DEFAULT_TIMEOUT_MS = 10_000;

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
    endpoint: protocol === "grpc" ? grpcEndpoint(general, own) : httpEndpoint(signal, general, own, problems),
    headers: { ...general.HEADERS, ...own.HEADERS },
    timeoutMs: own.TIMEOUT ?? general.TIMEOUT ?? DEFAULT_TIMEOUT_MS,
    compression: own.COMPRESSION ?? general.COMPRESSION ?? "none",
    ca: own.CERTIFICATE ?? general.CERTIFICATE,
    client: clientCertificate(general, own, problems),
    insecure: own.INSECURE ?? general.INSECURE ?? false,
  };
}

function grpcEndpoint(general: Rows, own: Rows): string {
  return own.ENDPOINT ?? general.ENDPOINT ?? "http://localhost:4317";
}

function httpEndpoint(signal: Signal, general: Rows, own: Rows, problems: ConfigProblem[]): string {
  const path = `v1/${signal.toLowerCase()}`;
  const ownUrl = httpUrl(own.ENDPOINT);
  if (ownUrl !== undefined) return ownUrl.href;
  if (own.ENDPOINT !== undefined) noUrl(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, problems);
  const base = httpUrl(general.ENDPOINT);
  if (base === undefined && general.ENDPOINT !== undefined) noUrl("OTEL_EXPORTER_OTLP_ENDPOINT", problems);
  const url = base ?? new URL("http://localhost:4318");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`;
  return url.href;
}

function httpUrl(endpoint: string | undefined): URL | undefined {
  return endpoint !== undefined && /^https?:/i.test(endpoint) ? new URL(endpoint) : undefined;
}

function noUrl(variable: string, problems: ConfigProblem[]): void {
  if (problems.some((problem) => problem.variable === variable)) return;
  const message = `${variable} is not an http:// or https:// URL, which OTLP over HTTP needs; used instead: the default`;
  problems.push({ variable, message });
}

function clientCertificate(general: Rows, own: Rows, problems: ConfigProblem[]): OtlpConfig["client"] {
  const certificate = own.CLIENT_CERTIFICATE ?? general.CLIENT_CERTIFICATE;
  const key = own.CLIENT_KEY ?? general.CLIENT_KEY;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const variable = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";
  if ((certificate ?? key) !== undefined && !problems.some((problem) => problem.variable === variable)) {
    const message = `${variable} and OTEL_EXPORTER_OTLP_CLIENT_KEY are needed together; used instead: neither`;
    problems.push({ variable, message });
  }
  return undefined;
}
