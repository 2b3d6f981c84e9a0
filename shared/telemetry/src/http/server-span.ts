/** The SERVER span of one request: what is added to `RequestSpan` is the caller's context, the route and `traceresponse`. */
import { SpanKind } from "@opentelemetry/api";
import { callHook } from "../hooks.ts";
import { extractContext, headersGetter, type Trust, traceParentOf } from "../propagation/index.ts";
import { ATTR_HTTP_ROUTE } from "../semconv.ts";
import { headerEntries, type Peer, readMethod, serverAttributes } from "./attributes.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { DisconnectedError, type HttpSide, type RequestEnd, RequestSpan } from "./request-span.ts";
import { markRequest } from "./span-of-request.ts";

export interface HttpServerSide extends HttpSide {
  readonly options: HttpServerTelemetryOptions;
}

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
export class ServerRequestSpan extends RequestSpan {
  /** What the handler threw, as the application's `onError` sees it. */
  error: unknown;
  /** The server has answered a WebSocket handshake itself. */
  isUpgraded = false;
  /** The framework knows that the body is neither a stream nor a file, so it is not inspected. */
  hasWholeBody = false;
  /** The response that was sent, or is being sent. */
  answered: Pick<RequestEnd, "response" | "statusCode"> = { response: undefined, statusCode: undefined };
  readonly trust: Trust | undefined; // Holds for the messages of a WebSocket too.
  readonly #sendsTraceResponse: boolean;
  readonly #methodInName: string;
  #ownRoute = "";
  #isRefined = false;

  constructor(side: HttpServerSide, request: Request, peer: Peer | null) {
    const { telemetry, options } = side;
    const method = readMethod(request.method, options.knownMethods ?? telemetry.knownHttpMethods);
    const { spanKind, trust, trustProxy = false, traceResponse = true } = options;
    const caller = extractContext(telemetry.propagator, request.headers, headersGetter, trust);
    const { metric, span } = serverAttributes(request, method.name, peer, trustProxy, side.redact);
    super(side, request, {
      kind: callHook("http server spanKind", spanKind, [request], SpanKind.SERVER),
      parent: caller.context,
      links: caller.links,
      name: method.inSpanName,
      attributes: { metric, span: Object.assign(span, method.attributes) },
    });
    this.trust = trust;
    this.#methodInName = method.inSpanName;
    this.#sendsTraceResponse = traceResponse;
    this.context = markRequest(request, this);
  }

  /** The value of `traceresponse`; `undefined` where it is not sent. */
  get traceResponse(): string | undefined {
    return this.#sendsTraceResponse ? traceParentOf(this.span.spanContext()) : undefined;
  }

  /**
   * The route gives the span its name, and is known once the framework has found it.
   * @param by the request that was routed: another one where this one's application has mounted a second one
   */
  setRoute(route: string, by: Request = this.request): void {
    if (by === this.request && this.#isRefined) return;
    this.#isRefined = by !== this.request;
    const whole = by === this.request ? route : belowMount(this.#ownRoute, route);
    if (by === this.request) this.#ownRoute = route;
    this.metric[ATTR_HTTP_ROUTE] = whole;
    if (!this.span.isRecording()) return;
    this.span.setAttribute(ATTR_HTTP_ROUTE, whole);
    this.span.updateName(this.nameBy(`${this.#methodInName} ${whole}`));
  }

  /** Adds what a mounted application records of its request. */
  refine({ options, captureRequest }: HttpServerSide, request: Request): void {
    markRequest(request, this);
    const own = callHook("http server startAttributes", options.startAttributes, [request], {});
    this.span.setAttributes({ ...captureRequest(headerEntries(request.headers)), ...own });
  }

  /** The client disconnected before it had the whole response. */
  abandon(): void {
    this.end({ ...this.answered, error: new DisconnectedError(), failed: true });
  }
}

/** `/admin/*` mounts an application with `/users/:id`. */
function belowMount(mount: string, route: string): string {
  return `${mount.replace(/\/?\*$/, "")}${route === "/" ? "" : route}` || "/";
}
