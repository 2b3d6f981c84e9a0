/** OpenTelemetry's own OTLP exporter for each signal and protocol. What is not configured is not loaded. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { resolve } from "node:path";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { OtlpConfig } from "../config.ts";
import type { StockExporter } from "./sender.ts";

type HttpOptions = NonNullable<
  ConstructorParameters<typeof import("@opentelemetry/exporter-trace-otlp-proto").OTLPTraceExporter>[0]
>;
type GrpcOptions = NonNullable<
  ConstructorParameters<typeof import("@opentelemetry/exporter-trace-otlp-grpc").OTLPTraceExporter>[0]
>;
type Grpc = typeof import("@grpc/grpc-js");

/** Loads the exporter of one protocol. */
interface Loaders<T> {
  readonly "http/protobuf": () => new (options: HttpOptions) => StockExporter<T>;
  readonly "http/json": () => new (options: HttpOptions) => StockExporter<T>;
  readonly grpc: () => new (options: GrpcOptions) => StockExporter<T>;
}

// `require`, because starting telemetry is synchronous and an `import()` is not; with the name in place, so that
// `bun build` finds it.

const traceExporters: Loaders<ReadableSpan[]> = {
  "http/protobuf": () => require("@opentelemetry/exporter-trace-otlp-proto").OTLPTraceExporter,
  "http/json": () => require("@opentelemetry/exporter-trace-otlp-http").OTLPTraceExporter,
  grpc: () => require("@opentelemetry/exporter-trace-otlp-grpc").OTLPTraceExporter,
};
const metricExporters: Loaders<ResourceMetrics> = {
  "http/protobuf": () => require("@opentelemetry/exporter-metrics-otlp-proto").OTLPMetricExporter,
  "http/json": () => require("@opentelemetry/exporter-metrics-otlp-http").OTLPMetricExporter,
  grpc: () => require("@opentelemetry/exporter-metrics-otlp-grpc").OTLPMetricExporter,
};
const logExporters: Loaders<ReadableLogRecord[]> = {
  "http/protobuf": () => require("@opentelemetry/exporter-logs-otlp-proto").OTLPLogExporter,
  "http/json": () => require("@opentelemetry/exporter-logs-otlp-http").OTLPLogExporter,
  grpc: () => require("@opentelemetry/exporter-logs-otlp-grpc").OTLPLogExporter,
};

/** Makes the stock exporter of one signal, which drops its connections when `closed` aborts. */
export type CreateExporter<T> = (otlp: OtlpConfig, closed: AbortSignal) => StockExporter<T>;

export const createTraceExporter = exporterOf(traceExporters);
export const createMetricExporter = exporterOf(metricExporters);
export const createLogExporter = exporterOf(logExporters);

function exporterOf<T>(loaders: Loaders<T>): CreateExporter<T> {
  return (otlp, closed) =>
    withoutOtelVariables(() =>
      otlp.protocol === "grpc"
        ? new (loaders.grpc())(grpcOptions(otlp))
        : new (loaders[otlp.protocol]())(httpOptions(otlp, closed)),
    );
}

/**
 * The SDK's constructors read `process.env` by themselves. Here the variables are hidden, so that our table alone
 * decides, and no variable is reported twice.
 */
export function withoutOtelVariables<T>(construct: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith("OTEL_"));
  for (const [name] of hidden) delete process.env[name];
  try {
    return construct();
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden));
  }
}

function httpOptions(otlp: OtlpConfig, closed: AbortSignal): HttpOptions {
  return {
    url: otlp.endpoint,
    headers: { ...otlp.headers },
    timeoutMillis: otlp.timeoutMs,
    compression: otlp.compression as NonNullable<HttpOptions["compression"]>,
    httpAgentOptions: (protocol) => createAgent(protocol, otlp, closed),
  };
}

/** Its connections end with the telemetry: a request without an answer would keep the process alive after a shutdown. */
function createAgent(protocol: string, otlp: OtlpConfig, closed: AbortSignal): HttpAgent {
  // `proxyEnv` is for HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
  const options = { keepAlive: true, proxyEnv: process.env };
  const agent = protocol === "https:" ? new HttpsAgent({ ...options, ...tlsOptions(otlp) }) : new HttpAgent(options);
  closed.addEventListener("abort", () => agent.destroy());
  return agent;
}

export function tlsOptions({ ca, client }: OtlpConfig) {
  return { ...(ca && { ca: ca.pem }), ...(client && { cert: client.certificate.pem, key: client.key.pem }) };
}

function grpcOptions(otlp: OtlpConfig): GrpcOptions {
  const { Metadata }: Grpc = require("@grpc/grpc-js");
  return {
    url: grpcAddress(otlp.endpoint),
    metadata: Metadata.fromHttp2Headers({ ...otlp.headers }),
    credentials: grpcCredentials(otlp),
    timeoutMillis: otlp.timeoutMs,
    compression: otlp.compression as NonNullable<GrpcOptions["compression"]>,
  };
}

/** A scheme says whether to use TLS, and wins over the variable. */
export function isGrpcSecure({ endpoint, insecure }: OtlpConfig): boolean {
  return /^https:/i.test(endpoint) || !(insecure || /^http:/i.test(endpoint));
}

function grpcCredentials(otlp: OtlpConfig): NonNullable<GrpcOptions["credentials"]> {
  const { credentials }: Grpc = require("@grpc/grpc-js");
  if (!isGrpcSecure(otlp)) return credentials.createInsecure();
  const { ca, client } = otlp;
  const pem = (file: { readonly pem: string } | undefined): Buffer | null => (file ? Buffer.from(file.pem) : null);
  return credentials.createSsl(pem(ca), pem(client?.key), pem(client?.certificate));
}

/** The stock exporter takes `unix:` only with slashes, warns about a path, and does not use port 80 for `http:`. */
export function grpcAddress(endpoint: string): string {
  if (/^unix:/i.test(endpoint)) return `unix://${resolve(endpoint.replace(/^unix:(\/\/)?/i, ""))}`;
  if (!/^https?:/i.test(endpoint)) return endpoint;
  const { hostname, port, protocol } = new URL(endpoint);
  return `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
}
