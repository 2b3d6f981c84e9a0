/** Tracing for HTTP: any handler of Request and Response, an Elysia plugin, and a `fetch`. */

export type { HeaderList } from "../captured-headers.ts";
export { SECRET_QUERY_KEYS } from "../redact.ts";
export { tracedFetch } from "./client.ts";
export { httpServerTelemetry } from "./elysia.ts";
export { tracedHandler } from "./handler.ts";
export type {
  HttpClientTelemetryOptions,
  HttpEnd,
  HttpServerTelemetryOptions,
  HttpTelemetryOptions,
} from "./options.ts";
export { HTTP_STATUS_CLASS } from "./request-span.ts";
export { setHttpRoute } from "./span-of-request.ts";
export { inHandshakeContext, webSocketMessage } from "./websocket.ts";
