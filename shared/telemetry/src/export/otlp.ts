/** OpenTelemetry's own OTLP exporter for each signal and protocol. What is not configured is not loaded. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { resolve } from "node:path";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { OtlpConfig } from "../config.ts";
import type { StockExporter } from "./sender.ts";

type ProtoTraces = typeof import("@opentelemetry/exporter-trace-otlp-proto");
type JsonTraces = typeof import("@opentelemetry/exporter-trace-otlp-http");
type GrpcTraces = typeof import("@opentelemetry/exporter-trace-otlp-grpc");
type ProtoMetrics = typeof import("@opentelemetry/exporter-metrics-otlp-proto");
type JsonMetrics = typeof import("@opentelemetry/exporter-metrics-otlp-http");
type GrpcMetrics = typeof import("@opentelemetry/exporter-metrics-otlp-grpc");
type ProtoLogs = typeof import("@opentelemetry/exporter-logs-otlp-proto");
type JsonLogs = typeof import("@opentelemetry/exporter-logs-otlp-http");
type GrpcLogs = typeof import("@opentelemetry/exporter-logs-otlp-grpc");
type Grpc = typeof import("@grpc/grpc-js");
type HttpOptions = NonNullable<ConstructorParameters<ProtoTraces["OTLPTraceExporter"]>[0]>;
type GrpcOptions = NonNullable<ConstructorParameters<GrpcTraces["OTLPTraceExporter"]>[0]>;

// `require`, because starting telemetry is synchronous and an `import()` is not; with the name in place, so that
// `bun build` finds it.

/** Each exporter drops its connections when `closed` aborts. */
export function createTraceExporter(otlp: OtlpConfig, closed: AbortSignal): StockExporter<ReadableSpan[]> {
  return withoutOtelVariables(() => {
    if (otlp.protocol === "grpc") {
      const { OTLPTraceExporter }: GrpcTraces = require("@opentelemetry/exporter-trace-otlp-grpc");
      return new OTLPTraceExporter(grpcOptions(otlp));
    }
    if (otlp.protocol === "http/json") {
      const { OTLPTraceExporter }: JsonTraces = require("@opentelemetry/exporter-trace-otlp-http");
      return new OTLPTraceExporter(httpOptions(otlp, closed));
    }
    const { OTLPTraceExporter }: ProtoTraces = require("@opentelemetry/exporter-trace-otlp-proto");
    return new OTLPTraceExporter(httpOptions(otlp, closed));
  });
}

export function createLogExporter(otlp: OtlpConfig, closed: AbortSignal): StockExporter<ReadableLogRecord[]> {
  return withoutOtelVariables(() => {
    if (otlp.protocol === "grpc") {
      const { OTLPLogExporter }: GrpcLogs = require("@opentelemetry/exporter-logs-otlp-grpc");
      return new OTLPLogExporter(grpcOptions(otlp));
    }
    if (otlp.protocol === "http/json") {
      const { OTLPLogExporter }: JsonLogs = require("@opentelemetry/exporter-logs-otlp-http");
      return new OTLPLogExporter(httpOptions(otlp, closed));
    }
    const { OTLPLogExporter }: ProtoLogs = require("@opentelemetry/exporter-logs-otlp-proto");
    return new OTLPLogExporter(httpOptions(otlp, closed));
  });
}

export function createMetricExporter(otlp: OtlpConfig, closed: AbortSignal): StockExporter<ResourceMetrics> {
  return withoutOtelVariables(() => {
    if (otlp.protocol === "grpc") {
      const { OTLPMetricExporter }: GrpcMetrics = require("@opentelemetry/exporter-metrics-otlp-grpc");
      return new OTLPMetricExporter(grpcOptions(otlp));
    }
    if (otlp.protocol === "http/json") {
      const { OTLPMetricExporter }: JsonMetrics = require("@opentelemetry/exporter-metrics-otlp-http");
      return new OTLPMetricExporter(httpOptions(otlp, closed));
    }
    const { OTLPMetricExporter }: ProtoMetrics = require("@opentelemetry/exporter-metrics-otlp-proto");
    return new OTLPMetricExporter(httpOptions(otlp, closed));
  });
}

/**
 * The SDK's constructors read `process.env` by themselves. Here they find nothing in it, so that one table decides, and
 * no variable is complained of twice.
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

/** Its connections end with the telemetry: a request that nobody answers would hold the process after a shutdown. */
function createAgent(protocol: string, { ca, client }: OtlpConfig, closed: AbortSignal): HttpAgent {
  // `proxyEnv` is for HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
  const options = { keepAlive: true, proxyEnv: process.env };
  const tls = { ...(ca && { ca: ca.pem }), ...(client && { cert: client.certificate.pem, key: client.key.pem }) };
  const agent = protocol === "https:" ? new HttpsAgent({ ...options, ...tls }) : new HttpAgent(options);
  closed.addEventListener("abort", () => agent.destroy());
  return agent;
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
function grpcCredentials({ endpoint, insecure, ca, client }: OtlpConfig): NonNullable<GrpcOptions["credentials"]> {
  const { credentials }: Grpc = require("@grpc/grpc-js");
  if (/^http:/i.test(endpoint) || (insecure && !/^https:/i.test(endpoint))) return credentials.createInsecure();
  const pem = (file: { readonly pem: string } | undefined): Buffer | null => (file ? Buffer.from(file.pem) : null);
  return credentials.createSsl(pem(ca), pem(client?.key), pem(client?.certificate));
}

/** The stock exporter takes `unix:` only with slashes, complains of a path, and forgets that `http:` means port 80. */
function grpcAddress(endpoint: string): string {
  if (/^unix:/i.test(endpoint)) return `unix://${resolve(endpoint.replace(/^unix:(\/\/)?/i, ""))}`;
  if (!/^https?:/i.test(endpoint)) return endpoint;
  const { hostname, port, protocol } = new URL(endpoint);
  return `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
}
