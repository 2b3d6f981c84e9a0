/** OTLP over gRPC: the same three signals as over HTTP. */
import { createServer, type Server } from "nice-grpc";
import type { Store } from "../store.ts";
import { MAX_BODY_BYTES } from "./body.ts";
import { LogsServiceDefinition } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import { MetricsServiceDefinition } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import { TraceServiceDefinition } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { logs, metrics, traces } from "./signals.ts";

/** @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
export function createOtlpGrpc(store: Store): Server {
  const server = createServer({ "grpc.max_receive_message_length": MAX_BODY_BYTES });
  server.add(TraceServiceDefinition, { export: async (request) => traces.take(store, request) });
  server.add(LogsServiceDefinition, { export: async (request) => logs.take(store, request) });
  server.add(MetricsServiceDefinition, { export: async (request) => metrics.take(store, request) });
  return server;
}
