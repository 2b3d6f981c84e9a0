/** Tracing for HTTP: an Elysia plugin and a `fetch`. */
export { tracedFetch } from "./client.ts";
export type {
  HttpClientTelemetryOptions,
  HttpEnd,
  HttpServerTelemetryOptions,
  HttpTelemetryOptions,
} from "./options.ts";
export { httpServerTelemetry } from "./server.ts";
export { HTTP_STATUS_CLASS } from "./status.ts";
export { inHandshakeContext, webSocketMessage } from "./web-socket.ts";
