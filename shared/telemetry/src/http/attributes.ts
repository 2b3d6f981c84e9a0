/** The attributes of an HTTP request's span, on either side. @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
import type { Attributes } from "@opentelemetry/api";
import { bound, type Redact } from "../redact.ts";
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
import { readUrl, splitHost } from "./url.ts";

/** The other end of the connection, as Bun's `requestIP()` returns it. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** @param server Bun's, if it is one. */
export function peerOf(request: Request, server: unknown): Peer | null {
  const { requestIP } = (server ?? {}) as { readonly requestIP?: unknown };
  return typeof requestIP === "function" ? (server as Bun.Server<unknown>).requestIP(request) : null;
}

/** The attributes of the metrics at the start. They are few, and no caller can choose their values. */
export function serverMetricAttributes({ url }: Request, method: string, proxy: Forwarded | undefined): Attributes {
  const scheme = proxy?.scheme ?? (url.startsWith("https:") ? "https" : "http");
  return { [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_URL_SCHEME]: scheme };
}

/** The attributes of the span that the metrics do not have. @param proxy what a trusted proxy says; else `undefined` */
export function serverSpanAttributes(
  { url, headers }: Request,
  scheme: unknown,
  peer: Peer | null,
  proxy: Forwarded | undefined,
  redact: Redact,
): Attributes {
  const { address, port, path, query } = readUrl(url);
  const host = proxy?.host === undefined ? { address, port } : splitHost(proxy.host);
  const userAgent = headers.get("user-agent");
  const span: Attributes = { [ATTR_URL_PATH]: redact(path) };
  if (query !== undefined) span[ATTR_URL_QUERY] = redact(query);
  // Without a usable `Host` only the path is known.
  if (host.address !== undefined) {
    span[ATTR_SERVER_ADDRESS] = bound(host.address);
    span[ATTR_SERVER_PORT] = host.port ?? (scheme === "https" ? 443 : 80);
  }
  if (userAgent !== null) span[ATTR_USER_AGENT_ORIGINAL] = redact(userAgent);
  if (peer !== null) {
    span[ATTR_NETWORK_PEER_ADDRESS] = peer.address;
    span[ATTR_NETWORK_PEER_PORT] = peer.port;
  }
  // Without a trusted proxy the client is not known: the peer may be any proxy.
  const client = proxy && (proxy.client ?? peer?.address);
  if (client !== undefined && client !== "") span[ATTR_CLIENT_ADDRESS] = bound(client);
  return span;
}

export function clientMetricAttributes(url: string, method: string): Attributes {
  const { address = "", port } = readUrl(url);
  const metric: Attributes = { [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_SERVER_ADDRESS]: address };
  if (port !== undefined) metric[ATTR_SERVER_PORT] = port;
  return metric;
}

/** Each header once. Only `set-cookie` may have several values. */
export function* headerEntries(headers: Headers): Generator<readonly [string, readonly string[]]> {
  for (const name of headers.keys()) {
    yield [name, name === "set-cookie" ? headers.getSetCookie() : [headers.get(name) ?? ""]];
  }
}

/** A method as spans and metrics carry it. */
export interface RequestMethod {
  /** For `http.request.method`: the method if it is known, else `_OTHER`. */
  readonly name: string;
  /** For the span's name: `HTTP` where the method is not known. */
  readonly inSpanName: string;
  /** For `http.request.method_original`: what was sent, where it is not known. */
  readonly attributes: Attributes;
}

/** @param known case-sensitive, as methods are. @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name */
export function readMethod(method: string, known: readonly string[]): RequestMethod {
  if (known.includes(method)) return { name: method, inSpanName: method, attributes: {} };
  return { name: "_OTHER", inSpanName: "HTTP", attributes: { [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: bound(method) } };
}

/** The request as the proxy received it, as far as its headers say. */
export interface Forwarded {
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly client: string | undefined;
}

/**
 * Reads `Forwarded` (its first element, which the outermost proxy wrote), else the `X-Forwarded-*` headers.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-4
 */
export function readForwarded(headers: Headers): Forwarded {
  const pairs = firstElement(headers.get("forwarded"))
    .split(";")
    .map((pair) => /^\s*(\w+)\s*=\s*"?([^"]*?)"?\s*$/.exec(pair));
  const parameter = (name: string): string | undefined => pairs.find((pair) => pair?.[1]?.toLowerCase() === name)?.[2];
  const header = (name: string): string | undefined => firstElement(headers.get(name)).trim() || undefined;
  const scheme = (parameter("proto") ?? header("x-forwarded-proto"))?.toLowerCase();
  const client = parameter("for") ?? header("x-forwarded-for");
  return {
    scheme: scheme === "http" || scheme === "https" ? scheme : undefined,
    host: parameter("host") ?? header("x-forwarded-host"),
    client: client === undefined ? undefined : splitHost(client).address,
  };
}

function firstElement(list: string | null): string {
  return list?.split(",", 1)[0] ?? "";
}
