/** One HTTP request on the server: its span and its metric, from the start to the one end. */
import { type Attributes, type Context, context, type Span, SpanKind, trace } from "@opentelemetry/api";
import { secondsSince } from "../durations.ts";
import { callHook } from "../hooks.ts";
import { type ExtractedContext, extractContext, headersGetter, traceParentOf } from "../propagation/index.ts";
import { ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_ROUTE, ATTR_URL_SCHEME } from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import type { HttpInstruments } from "./instruments.ts";
import type { RequestMethod } from "./method.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import type { RouteBook, ServedRoute } from "./routes.ts";
import { type PeerOf, type Scheme, serverStartAttributes, setPeer } from "./server-attributes.ts";
import { DisconnectedError, endSpan, errorTypeOf, type RequestEnd } from "./span-end.ts";

/** What every request of one plugin shares. */
export interface ExchangeScope {
  readonly telemetry: Telemetry;
  readonly options: HttpServerTelemetryOptions;
  readonly instruments: HttpInstruments;
  readonly routes: RouteBook;
  readonly readMethod: (method: string) => RequestMethod;
}

/** A request under way. A class, because there is one for each request: nothing but its own values is made for it. */
export class Exchange {
  readonly request: Request;
  readonly span: Span;
  /** What the handler runs in. */
  readonly context: Context;
  /** What went out, or is still going out. */
  answered: Pick<RequestEnd, "response" | "statusCode"> = NOTHING_SENT;
  /** What the handler threw, as the application's `onError` sees it. */
  error: unknown;
  /** What the handler returned, if it got that far. */
  returned: { readonly value: unknown } | undefined;
  /** Does it ask for a WebSocket? */
  isHandshake = false;
  older: Exchange | undefined;
  younger: Exchange | undefined;
  readonly #scope: ExchangeScope;
  readonly #method: RequestMethod;
  readonly #scheme: Scheme;
  readonly #startedAt: number;
  #route: ServedRoute;
  #ended = false;

  /**
   * @param peerOf Where the request comes from. Asking costs a call into the system, so it is asked for spans that are
   * recorded; before the start only where a proxy's headers or a hook may depend on it.
   * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
   */
  constructor(scope: ExchangeScope, request: Request, peerOf: PeerOf) {
    const { telemetry, options } = scope;
    this.request = request;
    this.#scope = scope;
    this.#method = scope.readMethod(request.method);
    this.#route = scope.routes.unknown(this.#method);
    const caller = extractContext(telemetry.propagator, request.headers, headersGetter, {
      trust: options.trust ?? "continue",
    });
    const start = this.#startSpan(caller, peerOf, options.trustProxy === true || options.startAttributes !== undefined);
    this.span = start.span;
    this.#scheme = start.scheme;
    this.context = trace.setSpan(caller.context, this.span);
    this.#startedAt = performance.now();
    scope.instruments.active?.add(1, this.#activeAttributes(), this.context);
  }

  /** The value of `traceresponse`; `undefined` where it is not sent. */
  get traceResponse(): string | undefined {
    return this.#scope.options.traceResponse === false ? undefined : traceParentOf(this.span.spanContext());
  }

  /** The route is known once Elysia has found it: then the span gets its name. */
  setRoute(route: string): void {
    if (this.#route.route === route) return;
    this.#route = this.#scope.routes.of(this.#method, route);
    if (!this.span.isRecording()) return;
    this.span.setAttribute(ATTR_HTTP_ROUTE, route);
    this.span.updateName(this.#spanName(this.#route.spanName));
  }

  /** The client went away before it had the whole response. */
  abandon(): void {
    this.end({ ...this.answered, error: new DisconnectedError(), failed: true });
  }

  /** Ends span and metric; later calls do nothing. */
  end(end: RequestEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { instruments, options } = this.#scope;
    const errorType = errorTypeOf("server", end);
    endSpan("server", this.span, this.request, end, errorType, options);
    instruments.active?.add(-1, this.#activeAttributes(), this.context);
    const attributes = this.#route.attributes(this.#scheme, end.statusCode, errorType);
    instruments.duration.record(secondsSince(this.#startedAt), attributes);
    if (options.bodySizes) {
      instruments.recordSizes(this.request.headers, end.response?.headers, attributes, this.context);
    }
  }

  #startSpan({ context: parent, links }: ExtractedContext, peerOf: PeerOf, askFirst: boolean): StartedSpan {
    const { request } = this;
    const { telemetry, options } = this.#scope;
    const peer = askFirst ? peerOf(request) : null;
    const { attributes, scheme } = serverStartAttributes(request, this.#method, peer, options);
    const { spanKind, startAttributes } = options;
    if (startAttributes !== undefined) {
      Object.assign(
        attributes,
        callHook("http server startAttributes", () => startAttributes(request), {}),
      );
    }
    const kind = spanKind
      ? callHook("http server spanKind", () => spanKind(request), SpanKind.SERVER)
      : SpanKind.SERVER;
    const name = this.#spanName(this.#method.inSpanName);
    const span = telemetry.tracer.startSpan(name, { kind, attributes, links }, parent);
    if (!askFirst && span.isRecording()) setPeer(span, peerOf(request));
    return { span, scheme };
  }

  #spanName(byDefault: string): string {
    const { spanName: hook } = this.#scope.options;
    if (hook === undefined) return byDefault;
    return callHook("http server spanName", () => hook(this.request, byDefault), byDefault);
  }

  #activeAttributes(): Attributes {
    return { [ATTR_HTTP_REQUEST_METHOD]: this.#method.name, [ATTR_URL_SCHEME]: this.#scheme };
  }
}

interface StartedSpan {
  readonly span: Span;
  readonly scheme: Scheme;
}

const NOTHING_SENT = { response: undefined, statusCode: undefined };

/** Runs code in the context of a request. */
export function runIn<T>(exchange: Exchange, work: () => T): T {
  return context.with(exchange.context, work);
}
