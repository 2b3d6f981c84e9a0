/** Tracing for HTTP without a framework: any handler of `Request` and `Response`, and a `fetch`. */
export type { HeaderList } from "../captured-headers.ts";
export { SECRET_QUERY_KEYS } from "../redact.ts";
export { tracedFetch } from "./client.ts";
export { tracedHandler } from "./handler.ts";
export type {
  HttpClientTelemetryOptions,
  HttpEnd,
  HttpServerTelemetryOptions,
  HttpTelemetryOptions,
} from "./options.ts";
export { HTTP_STATUS_CLASS } from "./request-span.ts";
export { setHttpRoute } from "./span-of-request.ts";
