/** What an OTLP endpoint means over gRPC. */
import { resolve } from "node:path";
import type { OtlpConfig } from "../config.ts";

export const GRPC_PATHS = {
  TRACES: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  METRICS: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  LOGS: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
} as const;

/** A scheme says whether to use TLS, and wins over the variable. */
export function isGrpcSecure({ endpoint, insecure }: OtlpConfig): boolean {
  return /^https:/i.test(endpoint) || !(insecure || /^http:/i.test(endpoint));
}

/** As grpc-js takes it. It would resolve a socket's relative path otherwise, and use port 443 for `http:`. */
export function grpcAddress(endpoint: string): string {
  if (/^unix:/i.test(endpoint)) return `unix://${resolve(endpoint.replace(/^unix:(\/\/)?/i, ""))}`;
  if (!/^https?:/i.test(endpoint)) return endpoint;
  const { hostname, port, protocol } = new URL(endpoint);
  return `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
}
