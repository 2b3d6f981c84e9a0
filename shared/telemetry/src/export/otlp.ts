/** The OTLP sender of each signal. What is not configured is not loaded. */

import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { OtlpConfig, OtlpProtocol } from "../config/otlp.ts";
import { createFetchTransport, type Transport } from "./fetch-transport.ts";
import { createOtlpSender } from "./otlp-sender.ts";
import type { Sender } from "./sender.ts";
import type { EncodedSpan } from "./span-encoding.ts";
import { createTraceRequestEncoder } from "./trace-request.ts";

type Transformer = typeof import("@opentelemetry/otlp-transformer");

/** Takes spans that were encoded at their end: for every protocol but `http/json`. */
export function createTraceSender(config: OtlpConfig): Sender<EncodedSpan[]> {
  return createOtlpSender<EncodedSpan[]>(config, {
    componentType: componentType(config.protocol, "span"),
    codec: () => ({
      serializeRequest: createTraceRequestEncoder(),
      deserializeResponse: (body) => transformer().ProtobufTraceSerializer.deserializeResponse(body),
    }),
    transport: () => createTransport(config, "trace", "Trace"),
  });
}

export function createJsonTraceSender(config: OtlpConfig): Sender<ReadableSpan[]> {
  return createOtlpSender<ReadableSpan[]>(config, {
    componentType: componentType(config.protocol, "span"),
    codec: () => transformer().JsonTraceSerializer,
    transport: () => createTransport(config, "trace", "Trace"),
  });
}

export function createMetricSender(config: OtlpConfig): Sender<ResourceMetrics> {
  return createOtlpSender<ResourceMetrics>(config, {
    componentType: componentType(config.protocol, "metric"),
    codec: () => (isJson(config) ? transformer().JsonMetricsSerializer : transformer().ProtobufMetricsSerializer),
    transport: () => createTransport(config, "metrics", "Metrics"),
  });
}

export function createLogSender(config: OtlpConfig): Sender<ReadableLogRecord[]> {
  return createOtlpSender<ReadableLogRecord[]>(config, {
    componentType: componentType(config.protocol, "log"),
    codec: () => (isJson(config) ? transformer().JsonLogsSerializer : transformer().ProtobufLogsSerializer),
    transport: () => createTransport(config, "logs", "Logs"),
  });
}

function isJson(config: OtlpConfig): boolean {
  return config.protocol === "http/json";
}

// `require`, because starting telemetry is synchronous and an `import()` is not.
function transformer(): Transformer {
  return require("@opentelemetry/otlp-transformer");
}

function createTransport(config: OtlpConfig, folder: string, service: string): Transport {
  if (config.protocol !== "grpc") return createFetchTransport(config);
  const { createGrpcTransport }: typeof import("./grpc-transport.ts") = require("./grpc-transport.ts");
  return createGrpcTransport(config, `/opentelemetry.proto.collector.${folder}.v1.${service}Service/Export`);
}

function componentType(protocol: OtlpProtocol, item: "span" | "metric" | "log"): string {
  const names = { "http/protobuf": "otlp_http", "http/json": "otlp_http_json", grpc: "otlp_grpc" } as const;
  return `${names[protocol]}_${item}_exporter`;
}
