/** The attributes of an HTTP SERVER span. @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
import type { Attributes, Span } from "@opentelemetry/api";
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from "../semconv.ts";
import { readForwarded } from "./forwarded.ts";
import { requestHeaderAttributes } from "./headers.ts";
import type { RequestMethod } from "./method.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { readUrl, splitHost } from "./url.ts";

/** Where the connection comes from, as Bun's server tells it. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export type PeerOf = (request: Request) => Peer | null;

/** Callers must not choose its values: it is on the metric. */
export type Scheme = "http" | "https";

export function setPeer(span: Span, peer: Peer | null): void {
  if (peer === null) return;
  span.setAttribute(ATTR_NETWORK_PEER_ADDRESS, peer.address);
  span.setAttribute(ATTR_NETWORK_PEER_PORT, peer.port);
}

/** Everything known when the request comes in, and the scheme, which the metric needs as well. */
export function serverStartAttributes(
  request: Request,
  method: RequestMethod,
  peer: Peer | null,
  options: HttpServerTelemetryOptions,
): { readonly attributes: Attributes; readonly scheme: Scheme } {
  const { headers } = request;
  const url = readUrl(request.url);
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method.name,
    // Without a usable Host only the path is known.
    [ATTR_URL_SCHEME]: url.scheme === "https" ? "https" : "http",
    [ATTR_URL_PATH]: url.path,
  };
  if (method.original !== undefined) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = method.original;
  if (url.address !== undefined) attributes[ATTR_SERVER_ADDRESS] = url.address;
  if (url.port !== undefined) attributes[ATTR_SERVER_PORT] = url.port;
  if (url.query !== undefined) attributes[ATTR_URL_QUERY] = url.query;
  const userAgent = headers.get("user-agent");
  if (userAgent !== null) attributes[ATTR_USER_AGENT_ORIGINAL] = userAgent;
  if (peer !== null) {
    attributes[ATTR_NETWORK_PEER_ADDRESS] = peer.address;
    attributes[ATTR_NETWORK_PEER_PORT] = peer.port;
  }
  if (options.trustProxy) applyForwarded(headers, peer, attributes);
  if (options.capturedRequestHeaders !== undefined) {
    Object.assign(attributes, requestHeaderAttributes(headers, options.capturedRequestHeaders));
  }
  return { attributes, scheme: attributes[ATTR_URL_SCHEME] as Scheme };
}

/** Only here is it known who the client is: without a trusted proxy the peer may be anybody's. */
function applyForwarded(headers: Headers, peer: Peer | null, attributes: Attributes): void {
  const { scheme, host, client = peer?.address } = readForwarded(headers);
  if (scheme === "http" || scheme === "https") attributes[ATTR_URL_SCHEME] = scheme;
  if (client !== undefined) attributes[ATTR_CLIENT_ADDRESS] = client;
  if (host === undefined) return;
  const { address, port } = splitHost(host, attributes[ATTR_URL_SCHEME] === "https" ? 443 : 80);
  attributes[ATTR_SERVER_ADDRESS] = address;
  if (port !== undefined) attributes[ATTR_SERVER_PORT] = port;
}
