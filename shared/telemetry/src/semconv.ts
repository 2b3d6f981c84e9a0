/** The attribute names of the semantic conventions 1.45.0 that this package uses. */

// `require`, because the SDK has loaded the CommonJS files already: the same names as ES modules take 5 ms of the start.
export const {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_HEADER,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_HEADER,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_NAME,
  ATTR_RPC_METHOD,
  ATTR_RPC_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
  RPC_SYSTEM_NAME_VALUE_GRPC,
}: typeof import("@opentelemetry/semantic-conventions") = require("@opentelemetry/semantic-conventions");

// The npm package does not list these as stable. They are copied instead of imported from `/incubating`, as the package's
// own README asks of libraries.

/** @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/rpc/ */
export const ATTR_RPC_REQUEST_HEADER = (key: string): string => `rpc.request.header.${key}`;
export const ATTR_RPC_RESPONSE_HEADER = (key: string): string => `rpc.response.header.${key}`;
export const ATTR_RPC_RESPONSE_TRAILER = (key: string): string => `rpc.response.trailer.${key}`;

/** The schema that the emitted names belong to. @see https://opentelemetry.io/docs/specs/otel/schemas/ */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.45.0";

/** @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/ (Development) */
export const ATTR_URL_TEMPLATE = "url.template";
