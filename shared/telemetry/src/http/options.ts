/** Options for the spans of HTTP requests. A hook that throws is reported, and its default is used. */
import type { Attributes, SpanKind, SpanStatus } from "@opentelemetry/api";
import type { HeaderList } from "../captured-headers.ts";
import type { Trust } from "../propagation/index.ts";
import { readUrl } from "./url.ts";

/** A request as it ended. */
export interface HttpEnd {
  readonly request: Request;
  /** `undefined` where no response was sent or received, and where Bun answers in its place, as for a missing file. */
  readonly response: Response | undefined;
  /** What was thrown, if anything was. */
  readonly error: unknown;
}

/** The options that the client and the server have in common. */
export interface HttpTelemetryOptions {
  /** Must stay low in cardinality. @default `GET /users/:id` on the server, `GET` on the client */
  readonly spanName?: (request: Request, defaultName: string) => string;
  /** Replaces the status of the conventions; `undefined` keeps it. @default by the tables of `HTTP_STATUS_CLASS` */
  readonly spanStatus?: (end: HttpEnd, defaultStatus: SpanStatus) => SpanStatus | undefined;
  /** More attributes at the start, so that a sampler sees them. @default none */
  readonly startAttributes?: (request: Request) => Attributes;
  /** More attributes at the end. @default none */
  readonly endAttributes?: (end: HttpEnd) => Attributes;
  /** Request headers to put on the span. @default none */
  readonly capturedRequestHeaders?: HeaderList;
  /** Response headers to put on the span. @default none */
  readonly capturedResponseHeaders?: HeaderList;
  /**
   * Replaces the list of secret query keys, in any case. Their values are recorded as `REDACTED`, in every URL and every
   * captured header. @default SECRET_QUERY_KEYS
   */
  readonly redactedQueryKeys?: readonly string[];
  /** Replaces the known methods; the others become `_OTHER`. @default OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS */
  readonly knownMethods?: readonly string[];
  /** Measure `http.*.active_requests` too. @default false */
  readonly activeRequests?: boolean;
  /** Measure `http.*.{request,response}.body.size` too, where the size is known without reading the body. @default false */
  readonly bodySizes?: boolean;
}

export interface HttpServerTelemetryOptions extends HttpTelemetryOptions {
  /** False: no span, no metric, and nothing below the request is traced. @default all but health probes */
  readonly filter?: (request: Request) => boolean;
  /** @default SpanKind.SERVER */
  readonly spanKind?: (request: Request) => SpanKind;
  /** What to do with the trace that a caller sends. @default "continue" */
  readonly trust?: Trust;
  /**
   * Read `Forwarded`, `X-Forwarded-For`, `-Host` and `-Proto`, and record `client.address`. Use it only behind a proxy
   * that sets them, because any client can send them. @default false
   */
  readonly trustProxy?: boolean;
  /** Send `traceresponse` with every response. @default true */
  readonly traceResponse?: boolean;
}

export interface HttpClientTelemetryOptions extends HttpTelemetryOptions {
  /** False: the request is made as if by plain `fetch`. @default all */
  readonly filter?: (request: Request) => boolean;
  /**
   * Hosts (`name` or `name:port`) that are sent the trace and its baggage. A request to another host has a span, and no
   * header of the trace. @default all; after a redirect to another origin, the trace without its baggage
   */
  readonly propagateTo?: readonly string[];
  /**
   * The pattern of the path, for `url.template` and the name: `GET /users/{id}`. Must stay low in cardinality;
   * `undefined` where there is none. @default none
   */
  readonly urlTemplate?: (request: Request) => string | undefined;
}

const PROBE_PATHS: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz"]);

/** Probes come every few seconds: their traces would hide the others. */
export function isNotProbe(request: Request): boolean {
  return !PROBE_PATHS.has(readUrl(request.url).path);
}
