/** Tracing for HTTP: an Elysia plugin, and the names of `./fetch`. */
export { httpServerTelemetry } from "./elysia.ts";
export {
  type HeaderList,
  HTTP_STATUS_CLASS,
  type HttpClientTelemetryOptions,
  type HttpEnd,
  type HttpServerTelemetryOptions,
  type HttpTelemetryOptions,
  SECRET_QUERY_KEYS,
  setHttpRoute,
  tracedFetch,
  tracedHandler,
} from "./fetch.ts";
export {
  inHandshakeContext,
  type MessageCarrier,
  type WebSocketMessageOptions,
  webSocketMessage,
} from "./websocket.ts";
