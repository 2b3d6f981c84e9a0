/** OTLP over gRPC: traces, logs and metrics, as over HTTP. */
import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { createServer, type Server } from "nice-grpc";
import type { Store } from "../store.ts";
import { LogsServiceDefinition } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import { MetricsServiceDefinition } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import { TraceServiceDefinition } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { decodeBounded, MAX_BODY_BYTES } from "./limits.ts";
import { logs, metrics, traces } from "./telemetry-signals.ts";

/** @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
export function createOtlpGrpc(store: Store): Server {
  // grpc-js uses the same limit for the decompressed message.
  const server = createServer({ "grpc.max_receive_message_length": MAX_BODY_BYTES });
  server.add(
    { ...TraceServiceDefinition, methods: { export: bounded(TraceServiceDefinition.methods.export) } },
    { export: async (request) => traces.take(store, request) },
  );
  server.add(
    { ...LogsServiceDefinition, methods: { export: bounded(LogsServiceDefinition.methods.export) } },
    { export: async (request) => logs.take(store, request) },
  );
  server.add(
    { ...MetricsServiceDefinition, methods: { export: bounded(MetricsServiceDefinition.methods.export) } },
    { export: async (request) => metrics.take(store, request) },
  );
  return server;
}

/** The same method with a limit for what it decodes. */
function bounded<
  Message,
  Type extends { decode(input: BinaryReader | Uint8Array): Message },
  Method extends { readonly requestType: Type },
>(method: Method): Method {
  const decode = (input: Uint8Array) => decodeBounded(method.requestType, input);
  return { ...method, requestType: { ...method.requestType, decode } };
}
