/** OpenTelemetry's own OTLP exporter for each signal and protocol. What is not configured is not loaded. */
import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { OtlpConfig, Signal } from "../config.ts";
import type { StockExporter } from "./sender.ts";

type HttpOptions = NonNullable<
  ConstructorParameters<typeof import("@opentelemetry/exporter-trace-otlp-proto").OTLPTraceExporter>[0]
>;

/** Loads the exporter of one protocol. */
interface Loaders<T> {
  readonly "http/protobuf": () => new (options: HttpOptions) => StockExporter<T>;
  readonly "http/json": () => new (options: HttpOptions) => StockExporter<T>;
  readonly grpc: () => new (options: { readonly timeoutMillis: number }) => StockExporter<T>;
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

export const createTraceExporter = exporterOf(traceExporters, "TRACES");
export const createMetricExporter = exporterOf(metricExporters, "METRICS");
export const createLogExporter = exporterOf(logExporters, "LOGS");

function exporterOf<T>(loaders: Loaders<T>, signal: Signal): CreateExporter<T> {
  return (otlp, closed) =>
    withoutOtelVariables(() => {
      if (otlp.protocol !== "grpc") return new (loaders[otlp.protocol]())(httpOptions(otlp, closed));
      const stock = new (loaders.grpc())({ timeoutMillis: otlp.timeoutMs });
      const { createGrpcTransport }: typeof import("./grpc-transport.ts") = require("./grpc-transport.ts");
      Reflect.get(stock, "_delegate")._transport = createGrpcTransport(otlp, signal);
      return stock;
    });
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
  // Every request passes here. Nothing that is documented sees both the first request of a connection and the later ones.
  const addRequest = Reflect.get(agent, "addRequest");
  const add = (request: ClientRequest, ...options: unknown[]): void => {
    // An answer that trickles in for ever would keep its connection after the batch was given up.
    const timer = setTimeout(() => request.destroy(), otlp.timeoutMs).unref();
    request.once("close", () => clearTimeout(timer));
    // Whoever waits for an export has a timer. Without one the process may end.
    request.once("socket", (socket) => socket.unref());
    addRequest.call(agent, request, ...options);
  };
  Reflect.set(agent, "addRequest", add);
  return agent;
}

export function tlsOptions({ ca, client }: OtlpConfig) {
  return { ...(ca && { ca: ca.pem }), ...(client && { cert: client.certificate.pem, key: client.key.pem }) };
}
