/** Tracing for nice-grpc, client and server. */
export type { HeaderList } from "../captured-headers.ts";
export { GRPC_STATUS } from "./attributes.ts";
export { grpcClientTelemetry } from "./client.ts";
export type {
  GrpcCallEnd,
  GrpcCallStart,
  GrpcClientTelemetryOptions,
  GrpcServerTelemetryOptions,
  GrpcTelemetryOptions,
} from "./options.ts";
export { grpcServerTelemetry } from "./server.ts";
export { grpcServerOptions } from "./server-interceptor.ts";
