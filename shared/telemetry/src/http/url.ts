/** Takes a URL apart for attributes, with secrets taken out. */

/** The parts of a URL as the conventions name them. */
export interface UrlParts {
  /** `undefined` in a URL without an origin, as is the address. */
  readonly scheme: string | undefined;
  readonly address: string | undefined;
  /** The scheme's own port where the URL names none; `undefined` for a scheme without one. */
  readonly port: number | undefined;
  readonly path: string;
  /** Without the `?`; `undefined` where there is none. Redacted. */
  readonly query: string | undefined;
}

/** Keys whose values are credentials; matched by case. @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
export const REDACTED_QUERY_KEYS: ReadonlySet<string> = new Set([
  "AWSAccessKeyId",
  "Signature",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
  "X-Amz-Signature",
  "X-Goog-Signature",
  "sig",
]);

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

/**
 * Scans instead of parsing: the server calls this on every request. Bun gives an absolute URL, normalised, or the path
 * alone where the request had no `Host` that it could use.
 */
export function readUrl(url: string): UrlParts {
  const pathStart = indexOfPath(url);
  const { scheme, address, port } = pathStart === 0 ? NO_ORIGIN : originOf(url, pathStart);
  const fragment = indexOrEnd(url, "#", pathStart);
  const question = indexOrEnd(url, "?", pathStart);
  const pathEnd = Math.min(question, fragment);
  return {
    scheme,
    address,
    port,
    path: pathStart < pathEnd ? url.slice(pathStart, pathEnd) : "/",
    query: question < fragment ? redactQuery(url.slice(question + 1, fragment)) : undefined,
  };
}

/** Where the path of a URL begins: 0 in one that is nothing but a path. */
export function indexOfPath(url: string): number {
  return url.startsWith("/") ? 0 : indexOrEnd(url, "/", url.indexOf("://") + 3);
}

type Origin = Pick<UrlParts, "scheme" | "address" | "port">;

const NO_ORIGIN: Origin = { scheme: undefined, address: undefined, port: undefined };

/** One request after the other asks for the same host. */
let last = { text: "", origin: NO_ORIGIN };

function originOf(url: string, length: number): Origin {
  if (length === last.text.length && url.startsWith(last.text)) return last.origin;
  const text = url.slice(0, length);
  last = { text, origin: readOrigin(text) };
  return last.origin;
}

function readOrigin(origin: string): Origin {
  const schemeEnd = origin.indexOf("://");
  const scheme = origin.slice(0, schemeEnd);
  return { scheme, ...splitHost(origin.slice(schemeEnd + 3), DEFAULT_PORTS[scheme]) };
}

/** `host`, `host:port`, `[v6]:port` -> address and port. */
export function splitHost(
  host: string,
  defaultPort: number | undefined,
): { readonly address: string; readonly port: number | undefined } {
  const bracket = host.lastIndexOf("]");
  const colon = host.lastIndexOf(":");
  const hasPort = colon > bracket && colon < host.length - 1;
  const name = colon > bracket ? host.slice(0, colon) : host;
  const address = bracket > 0 ? name.slice(1, -1) : name;
  const port = hasPort ? Number(host.slice(colon + 1)) : defaultPort;
  return { address, port: Number.isInteger(port) ? port : defaultPort };
}

/** `url.full`: credentials and secret query values replaced by REDACTED, keys kept. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  if (shown.username !== "" || shown.password !== "") {
    shown.username = "REDACTED";
    shown.password = "REDACTED";
  }
  if (shown.search !== "") shown.search = redactQuery(shown.search.slice(1));
  return shown.href;
}

/** Only a query that holds one of the keys is taken apart, so the others stay as they were sent, to the byte. */
export function redactQuery(query: string): string {
  for (const key of REDACTED_QUERY_KEYS) {
    if (query.includes(key)) return query.split("&").map(redactPair).join("&");
  }
  return query;
}

function redactPair(pair: string): string {
  const equals = pair.indexOf("=");
  return equals > 0 && REDACTED_QUERY_KEYS.has(pair.slice(0, equals)) ? `${pair.slice(0, equals)}=REDACTED` : pair;
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from);
  return index < 0 ? text.length : index;
}
