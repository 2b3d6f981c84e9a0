/** The SERVER span of one request: what is added to `RequestSpan` is the caller's context, the route and `traceresponse`. */
import { SpanKind } from "@opentelemetry/api";
import { guardHook } from "../hooks.ts";
import { extractContext, headersGetter, type Trust, traceParentOf } from "../propagation/index.ts";
import { ATTR_HTTP_ROUTE, ATTR_URL_SCHEME } from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import {
  headerEntries,
  peerOf,
  readForwarded,
  readMethod,
  serverMetricAttributes,
  serverSpanAttributes,
} from "./attributes.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { createSide, DisconnectedError, type HttpSide, type RequestEnd, RequestSpan } from "./request-span.ts";
import { markRequest } from "./span-of-request.ts";

export interface HttpServerSide extends HttpSide {
  readonly options: HttpServerTelemetryOptions;
  readonly spanKind: (request: Request) => SpanKind;
}

export function createServerSide(telemetry: Telemetry, options: HttpServerTelemetryOptions): HttpServerSide {
  const spanKind = guardHook("http server spanKind", options.spanKind, () => SpanKind.SERVER);
  return { ...createSide("server", telemetry, options), spanKind };
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
  /** The value of `traceresponse`; `undefined` where it is not sent. */
  readonly traceResponse: string | undefined;
  /** Holds for the messages of a WebSocket too. */
  readonly trust: Trust | undefined;
  readonly #methodInName: string;
  #ownRoute = "";
  #isRefined = false;

  constructor(side: HttpServerSide, request: Request, server: unknown) {
    const { telemetry, options } = side;
    const method = readMethod(request.method, options.knownMethods ?? telemetry.knownHttpMethods);
    const { trust, trustProxy = false, traceResponse = true } = options;
    const caller = extractContext(telemetry.propagator, request.headers, headersGetter, trust);
    const proxy = trustProxy ? readForwarded(request.headers) : undefined;
    const metric = serverMetricAttributes(request, method.name, proxy);
    super(side, request, {
      kind: side.spanKind(request),
      parent: caller.context,
      links: caller.links,
      name: method.inSpanName,
      metric,
      attributesOf: () => ({
        ...serverSpanAttributes(request, metric[ATTR_URL_SCHEME], peerOf(request, server), proxy, side.redact),
        ...method.attributes,
      }),
    });
    this.trust = trust;
    this.#methodInName = method.inSpanName;
    this.traceResponse = traceResponse ? traceParentOf(this.span.spanContext()) : undefined;
    this.context = markRequest(request, this);
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
  refine({ hooks, captureRequest }: HttpServerSide, request: Request): void {
    markRequest(request, this);
    if (captureRequest) this.span.setAttributes(captureRequest(headerEntries(request.headers)));
    this.span.setAttributes(hooks.startAttributes(request));
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
