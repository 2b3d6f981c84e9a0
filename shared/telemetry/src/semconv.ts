/**
 * Names from the semantic conventions 1.45.0 that the npm package does not list as stable, each with its source.
 * Copied instead of imported from `/incubating`, as the package's own README asks of libraries.
 */

/** @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/rpc/ */
export const ATTR_RPC_REQUEST_HEADER = (key: string): string => `rpc.request.header.${key}`;
export const ATTR_RPC_RESPONSE_HEADER = (key: string): string => `rpc.response.header.${key}`;
export const ATTR_RPC_RESPONSE_TRAILER = (key: string): string => `rpc.response.trailer.${key}`;

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ (Development) */
export const METRIC_HTTP_SERVER_ACTIVE_REQUESTS = "http.server.active_requests";
export const METRIC_HTTP_CLIENT_ACTIVE_REQUESTS = "http.client.active_requests";
export const METRIC_HTTP_SERVER_REQUEST_BODY_SIZE = "http.server.request.body.size";
export const METRIC_HTTP_SERVER_RESPONSE_BODY_SIZE = "http.server.response.body.size";
export const METRIC_HTTP_CLIENT_REQUEST_BODY_SIZE = "http.client.request.body.size";
export const METRIC_HTTP_CLIENT_RESPONSE_BODY_SIZE = "http.client.response.body.size";

/** The schema that the emitted names belong to. @see https://opentelemetry.io/docs/specs/otel/schemas/ */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.45.0";
