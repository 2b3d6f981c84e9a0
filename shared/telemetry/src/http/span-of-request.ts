/** Finds the SERVER span of a request, for the plugin's hooks, for WebSockets and for a plain handler. */
import { type Context, context, createContextKey } from "@opentelemetry/api";
import type { Trust } from "../propagation/index.ts";
import type { ServerRequestSpan } from "./server-span.ts";

const REQUEST_SPAN = createContextKey("@baton/telemetry request span");
/** A property of the request, so that the span lives as long as it does. */
const SPAN_OF_REQUEST = Symbol("@baton/telemetry request span");
const HANDLING_OF_REQUEST = Symbol("@baton/telemetry request handling");

/** How a request is handled. */
export interface Handling {
  readonly context: Context;
  readonly trust: Trust | undefined;
}

interface TracedRequest extends Request {
  [SPAN_OF_REQUEST]?: ServerRequestSpan;
  [HANDLING_OF_REQUEST]?: Handling;
}

/** For disabled telemetry: without a span, the request itself holds it. */
export function keepHandling(request: TracedRequest, handling: Handling): void {
  request[HANDLING_OF_REQUEST] = handling;
}

/** `undefined` for a request that is not traced. */
export function handlingOf(request: TracedRequest): Handling | undefined {
  return request[HANDLING_OF_REQUEST] ?? requestSpanOf(request);
}

/** Marks the request. @returns the span's context, marked too: a mounted application gets a copy of the request. */
export function markRequest(request: TracedRequest, span: ServerRequestSpan): Context {
  request[SPAN_OF_REQUEST] = span;
  return span.context.setValue(REQUEST_SPAN, span);
}

/**
 * The SERVER span of a request; `undefined` for one that is not traced. A mounted application gets a copy of the request
 * with a shorter path: its span is the one that it runs in.
 */
export function requestSpanOf(request: TracedRequest): ServerRequestSpan | undefined {
  const own = request[SPAN_OF_REQUEST];
  if (own !== undefined) return own;
  const around = context.active().getValue(REQUEST_SPAN) as ServerRequestSpan | undefined;
  return around !== undefined && !around.hasEnded && isCopy(request, around.request) ? around : undefined;
}

/** False for a request that the application creates and handles itself. */
export function isCopy(copy: Request, original: Request): boolean {
  const [from, to] = [URL.parse(original.url), URL.parse(copy.url)];
  return (
    copy.method === original.method &&
    from !== null &&
    from.origin === to?.origin &&
    (to.pathname === "/" || from.pathname.endsWith(to.pathname)) &&
    copy.headers.get("traceparent") === original.headers.get("traceparent")
  );
}

/**
 * Names the route of a request below `tracedHandler()`: the span becomes `GET /users/:id`, and `http.route` is on span
 * and metric. Does nothing for a request that is not traced.
 *
 * @param route must stay low in cardinality: the pattern, never the path.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
 */
export function setHttpRoute(request: Request, route: string): void {
  requestSpanOf(request)?.setRoute(route);
}
