/** One HTTP request on the server: its span and its metric, from the start to the one end. */
import { type Attributes, type Context, context, type Span, SpanKind, trace } from "@opentelemetry/api";
import { ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_ROUTE, ATTR_URL_SCHEME } from "@opentelemetry/semantic-conventions";
import { callHook } from "../hooks.ts";
import { LEAN_ROOT } from "../lean-context.ts";
import { secondsSince } from "../metrics.ts";
import { extractContext, headersGetter, traceParentOf } from "../propagation/index.ts";
import type { Telemetry } from "../telemetry.ts";
import type { HttpInstruments } from "./instruments.ts";
import type { RequestMethod } from "./method.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { type PeerOf, peerAttributes, serverStartAttributes } from "./server-attributes.ts";
import { endAttributes, endSpan, type RequestEnd } from "./span-end.ts";

/** What every request of one plugin shares. */
export interface ExchangeScope {
  readonly telemetry: Telemetry;
  readonly options: HttpServerTelemetryOptions;
  readonly instruments: HttpInstruments;
  readonly readMethod: (method: string) => RequestMethod;
}

/** A request under way. */
export interface Exchange {
  readonly request: Request;
  readonly span: Span;
  /** What the handler runs in. */
  readonly context: Context;
  /** The value of `traceresponse`; `undefined` where it is not sent. */
  readonly traceResponse: string | undefined;
  /** The route is known once Elysia has found it: then the span gets its name. */
  readonly setRoute: (route: string) => void;
  /** Ends span and metric; later calls do nothing. */
  readonly end: (end: Omit<RequestEnd, "request">) => void;
}

/**
 * @param peerOf Where the request comes from. Asking costs a call into the system, so it is asked for spans that are
 * recorded; before the start only where a proxy's headers or a hook may depend on it.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function startExchange(scope: ExchangeScope, request: Request, peerOf: PeerOf): Exchange {
  const { telemetry, options, instruments } = scope;
  const method = scope.readMethod(request.method);
  const caller = extractContext(telemetry.propagator, request.headers, headersGetter, {
    trust: options.trust ?? "continue",
    base: LEAN_ROOT,
  });
  const askFirst = options.trustProxy === true || options.startAttributes !== undefined;
  const { attributes, scheme } = serverStartAttributes(request, method, askFirst ? peerOf(request) : null, options);
  const span = startServerSpan(scope, request, method, attributes, caller);
  if (!askFirst && span.isRecording()) span.setAttributes(peerAttributes(peerOf(request)));
  const active = trace.setSpan(caller.context, span);
  const startedAt = performance.now();
  const metric: Attributes = { [ATTR_HTTP_REQUEST_METHOD]: method.name, [ATTR_URL_SCHEME]: scheme };
  const activeAttributes = instruments.active === undefined ? undefined : { ...metric };
  instruments.active?.add(1, activeAttributes, active);
  let ended = false;

  return {
    request,
    span,
    context: active,
    traceResponse: options.traceResponse === false ? undefined : traceParentOf(span.spanContext()),
    setRoute: (route) => {
      if (metric[ATTR_HTTP_ROUTE] === route) return;
      metric[ATTR_HTTP_ROUTE] = route;
      if (!span.isRecording()) return;
      span.setAttribute(ATTR_HTTP_ROUTE, route);
      span.updateName(spanName(options, request, `${method.inSpanName} ${route}`));
    },
    end: (end) => {
      if (ended) return;
      ended = true;
      const whole = { ...end, request };
      const outcome = endAttributes("server", whole);
      endSpan("server", span, whole, outcome, options);
      instruments.active?.add(-1, activeAttributes, active);
      Object.assign(metric, outcome);
      instruments.duration.record(secondsSince(startedAt), metric, active);
      instruments.recordSizes(request.headers, end.response?.headers, metric, active);
    },
  };
}

function startServerSpan(
  { telemetry, options }: ExchangeScope,
  request: Request,
  method: RequestMethod,
  attributes: Attributes,
  caller: ReturnType<typeof extractContext>,
): Span {
  const { spanKind, startAttributes } = options;
  if (startAttributes !== undefined) {
    Object.assign(
      attributes,
      callHook("http server startAttributes", () => startAttributes(request), {}),
    );
  }
  const kind = spanKind ? callHook("http server spanKind", () => spanKind(request), SpanKind.SERVER) : SpanKind.SERVER;
  const name = spanName(options, request, method.inSpanName);
  return telemetry.tracer.startSpan(name, { kind, attributes, links: caller.links }, caller.context);
}

function spanName({ spanName: hook }: HttpServerTelemetryOptions, request: Request, byDefault: string): string {
  return hook === undefined ? byDefault : callHook("http server spanName", () => hook(request, byDefault), byDefault);
}

/** The exchange that the code running now belongs to. */
export function runIn<T>(exchange: Exchange, work: () => T): T {
  return context.with(exchange.context, work);
}
