/** The span of one request on a server: who the caller is, the route, and what was sent. */
import { SpanKind } from "@opentelemetry/api";
import { callHook } from "../hooks.ts";
import { extractContext, headersGetter, traceParentOf } from "../propagation/index.ts";
import { ATTR_HTTP_ROUTE } from "../semconv.ts";
import { type Peer, readMethod, serverAttributes } from "./attributes.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { DisconnectedError, type HttpSide, type RequestEnd, RequestSpan } from "./request-span.ts";

export interface HttpServerSide extends HttpSide {
  readonly options: HttpServerTelemetryOptions;
}

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
export class ServerRequestSpan extends RequestSpan {
  /** What the handler threw, as the application's `onError` sees it. */
  error: unknown;
  /** The server has answered a WebSocket handshake itself. */
  isUpgraded = false;
  /** What went out, or is still going out. */
  answered: Pick<RequestEnd, "response" | "statusCode"> = { response: undefined, statusCode: undefined };
  readonly #sendsTraceResponse: boolean;
  readonly #methodInName: string;

  constructor(side: HttpServerSide, request: Request, peer: Peer | null) {
    const { telemetry, options } = side;
    const method = readMethod(request.method, options.knownMethods ?? telemetry.knownHttpMethods);
    const { spanKind, trust = "continue", trustProxy = false, traceResponse = true } = options;
    const caller = extractContext(telemetry.propagator, request.headers, headersGetter, { trust });
    const { metric, span } = serverAttributes(request, method.name, peer, trustProxy);
    super(side, request, {
      kind: spanKind ? callHook("http server spanKind", () => spanKind(request), SpanKind.SERVER) : SpanKind.SERVER,
      parent: caller.context,
      links: caller.links,
      name: method.inSpanName,
      attributes: { metric, span: { ...span, ...method.attributes } },
    });
    this.#methodInName = method.inSpanName;
    this.#sendsTraceResponse = traceResponse;
    setRequestSpan(request, this);
  }

  /** The value of `traceresponse`; `undefined` where it is not sent. */
  get traceResponse(): string | undefined {
    return this.#sendsTraceResponse ? traceParentOf(this.span.spanContext()) : undefined;
  }

  /** The route gives the span its name, and is known once the framework has found it. */
  setRoute(route: string): void {
    this.metric[ATTR_HTTP_ROUTE] = route;
    if (!this.span.isRecording()) return;
    this.span.setAttribute(ATTR_HTTP_ROUTE, route);
    this.span.updateName(this.nameBy(`${this.#methodInName} ${route}`));
  }

  /** The client went away before it had the whole response. */
  abandon(): void {
    this.end({ ...this.answered, error: new DisconnectedError(), failed: true });
  }
}

/** A property of the request, so that the span lives as long as it does. */
const REQUEST_SPAN = Symbol("@baton/telemetry request span");

interface TracedRequest extends Request {
  [REQUEST_SPAN]?: ServerRequestSpan;
}

function setRequestSpan(request: TracedRequest, span: ServerRequestSpan): void {
  request[REQUEST_SPAN] = span;
}

/** The SERVER span of a request; `undefined` for one that is not traced. */
export function requestSpanOf(request: TracedRequest): ServerRequestSpan | undefined {
  return request[REQUEST_SPAN];
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
