/** What is examined: the address, and the request that is sent to it. */
import type { HeaderLines } from "./cases/index.ts";

export interface TargetOptions {
  /**
   * `http://`, `https://`, `grpc://` or `grpcs://`. For gRPC the path is `/package.Service/Method`. `{callback}` stands
   * for an address of the doctor that the service is to call; it may also stand in `headers`, `body` and `data`.
   */
  readonly url: string;
  /** HTTP only. @default "GET", or "POST" with a body */
  readonly method?: string;
  /** Sent with every request, such as an authorization. @default None. */
  readonly headers?: HeaderLines;
  /** HTTP only. @default None. */
  readonly body?: string;
  /** gRPC only: the message as JSON, or a JSON list of messages for a method that takes a stream. @default "{}" */
  readonly data?: string;
}

export interface Target {
  readonly protocol: "http" | "grpc";
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** With the query; `{callback}` is still in it. */
  readonly path: string;
  readonly method: string;
  readonly headers: HeaderLines;
  /** Of HTTP the body, of gRPC the JSON. */
  readonly body: string;
  readonly hasCallback: boolean;
  /** As the person wrote it. */
  readonly url: string;
}

/** What the person asked for cannot be done; the message names the option and the rule. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "grpc:": 80, "grpcs:": 443 };

/** @throws UsageError */
export function readTarget(options: TargetOptions): Target {
  const { url, headers = [], body = "", data = "{}" } = options;
  const parsed = parseUrl(url);
  const protocol = parsed.protocol.startsWith("grpc") ? "grpc" : "http";
  if (protocol === "http" && options.data !== undefined) {
    throw new UsageError("data: is for gRPC. Use body for HTTP, or write the address as grpc://.");
  }
  if (protocol === "grpc" && (options.body !== undefined || options.method !== undefined)) {
    throw new UsageError("body and method: are for HTTP. Use data for gRPC.");
  }
  const method = protocol === "grpc" ? "POST" : (options.method ?? (body === "" ? "GET" : "POST")).toUpperCase();
  if (!/^[A-Z]+$/.test(method)) throw new UsageError(`method: must be a word such as POST, not ${method}`);
  if (protocol === "grpc" && !/^\/[\w.]+\/\w+$/.test(parsed.pathname)) {
    throw new UsageError(`url: must name a method, as in grpc://host:port/package.Service/Method, not ${url}`);
  }
  for (const [name, value] of headers) checkHeader(name, value);
  return {
    protocol,
    secure: parsed.protocol === "https:" || parsed.protocol === "grpcs:",
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? (PORTS[parsed.protocol] ?? 80) : Number(parsed.port),
    path: pathOf(parsed),
    method,
    headers,
    body: protocol === "grpc" ? data : body,
    hasCallback: [url, body, data, ...headers.map(([, value]) => value)].some((text) => text.includes("{callback}")),
    url,
  };
}

/** Whether the address is this machine, which nobody else's data can be on. */
export function isLoopback({ host }: Pick<Target, "host">): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Puts the address where `{callback}` stands. In a URL it is escaped. */
export function fillIn(text: string, callbackUrl: string, where: "url" | "text"): string {
  return text.replaceAll("{callback}", where === "url" ? encodeURIComponent(callbackUrl) : callbackUrl);
}

/** `host:port`, as a Host header has it. */
export function authorityOf({ host, port }: Pick<Target, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !(parsed.protocol in PORTS) || parsed.hostname === "") {
    throw new UsageError(`url: must begin with http://, https://, grpc:// or grpcs:// and a host, not ${url}`);
  }
  if (parsed.username !== "")
    throw new UsageError("url: must have no user name. Send it with an authorization header.");
  return parsed;
}

/** `URL` escapes the braces in a path and some of its dialects in a query. */
function pathOf({ pathname, search }: URL): string {
  return `${pathname || "/"}${search}`.replaceAll(/%7Bcallback%7D/gi, "{callback}");
}

function checkHeader(name: string, value: string): void {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) throw new UsageError(`header: ${JSON.stringify(name)} is no header name`);
  if (/[\r\n\0]/.test(value)) throw new UsageError(`header ${name}: must have no line break`);
}
