/** Traces an HTTP server of any framework: exactly one SERVER span for each request, whatever happens to it. */
import { context } from "@opentelemetry/api";
import { type BodySource, sentStatus, sourceOf, warnWhereStreamsAreNotKnown } from "../bun-quirks.ts";
import { guardHook } from "../hooks.ts";
import { suppressTracing } from "../suppression.ts";
import type { Telemetry } from "../telemetry.ts";
import { passContextOn } from "./disabled.ts";
import { type HttpServerTelemetryOptions, isNotProbe } from "./options.ts";
import { DisconnectedError, isErrorStatus, type RequestEnd } from "./request-span.ts";
import { type BodyEnd, DisconnectWatch, followBody, listen } from "./response-end.ts";
import { createServerSide, ServerRequestSpan } from "./server-span.ts";
import { requestSpanOf } from "./span-of-request.ts";
import { asksForWebSocket } from "./websocket.ts";

/**
 * Makes the function that traces a handler of `Request` and `Response`:
 * `Bun.serve({ fetch: tracedHandler(telemetry)(handle) })`. A framework that has such a handler is traced the same way:
 * `tracedHandler(telemetry)(app.fetch)`.
 *
 * The handler runs inside the span, which ends with the last byte of a streamed body. What the handler throws is rethrown
 * unchanged. A handler that upgrades to a WebSocket returns `undefined`, as Bun asks for. The route is known only where
 * the handler names it with `setHttpRoute(request, "/users/:id")`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function tracedHandler(telemetry: Telemetry, options: HttpServerTelemetryOptions = {}) {
  const serve = createRequestTracer(telemetry, options);
  return <Req extends Request, Rest extends unknown[], Result>(
    handle: (request: Req, ...rest: Rest) => Result,
  ): ((request: Req, ...rest: Rest) => Result) =>
    (request, ...rest) =>
      serve(request, rest[0], () => handle(request, ...rest));
}

/**
 * Runs `handle` inside the SERVER span of `request`, and returns what it returns.
 * @param server Bun's, which knows the peer. Another framework may pass something else to its handlers.
 */
export type RequestTracer = <Result>(request: Request, server: unknown, handle: () => Result) => Result;

export function createRequestTracer(telemetry: Telemetry, options: HttpServerTelemetryOptions): RequestTracer {
  if (!telemetry.enabled) return passContextOn(telemetry, options);
  const side = createServerSide(telemetry, options);
  const disconnects = new DisconnectWatch();
  const isTraced = guardHook("http server filter", options.filter ?? isNotProbe, () => true);
  warnWhereStreamsAreNotKnown();

  return <Result>(request: Request, server: unknown, handle: () => Result): Result => {
    if (!isTraced(request)) return context.with(suppressTracing(context.active()), handle);
    const around = requestSpanOf(request);
    if (around !== undefined) {
      around.refine(side, request);
      return handle();
    }
    const span = new ServerRequestSpan(side, request, server);
    const failed = (error: unknown): never => {
      disconnects.delete(span);
      if (request.signal.aborted) span.abandon();
      // Bun answers what the application does not catch.
      span.end({ response: undefined, statusCode: 500, error, failed: true });
      throw error;
    };
    try {
      const running = context.with(span.context, handle);
      if (!(running instanceof Promise)) return respond(running, span);
      disconnects.add(span);
      return running.then((result) => {
        disconnects.delete(span);
        // A WebSocket that was accepted and is closed already was answered.
        if (request.signal.aborted && !isUpgrade(result, span)) span.abandon();
        return respond(result, span);
      }, failed) as Result;
    } catch (error) {
      return failed(error);
    }
  };
}

/** Ends the span with the response, or with the last byte of a body that is made while it is sent. */
function respond<Result>(result: Result, span: ServerRequestSpan): Result {
  const { request, error } = span;
  if (!(result instanceof Response) || span.isUpgraded) {
    const statusCode = isUpgrade(result, span) ? 101 : undefined;
    span.end({ response: undefined, statusCode, error, failed: false });
    return result;
  }
  const { file, isStream } = span.hasWholeBody ? WHOLE : sourceOf(result);
  const statusCode = sentStatus(request, result, file);
  // Bun answers in the place of a file that it cannot read.
  const response = file?.canBeRead === false ? undefined : result;
  const { traceResponse } = span;
  if (traceResponse !== undefined) response?.headers.set("traceresponse", traceResponse);
  // A thrown error that the application answered with less than a 500 is not a failure of the server.
  const end = { response, statusCode, error, failed: error !== undefined && isErrorStatus("server", statusCode) };
  if (statusCode === 500 || file !== undefined || request.method === "HEAD" || !isStream || !result.body) {
    span.end(end);
    return result;
  }
  span.answered = end;
  listen(span);
  const body = followBody(result.body, span.context, (bodyEnd) => span.end({ ...end, ...failureOf(bodyEnd) }));
  return new Response(body, result) as Result;
}

const WHOLE: BodySource = { isStream: false, file: undefined };

function failureOf(end: BodyEnd): Partial<RequestEnd> {
  if (end.how === "sent") return { bodyBytes: end.bytes };
  return { error: end.how === "failed" ? end.error : new DisconnectedError(), failed: true };
}

/** The server answers a handshake itself: Bun's handler returns nothing then, Elysia's plugin knows it. */
function isUpgrade(result: unknown, { isUpgraded, request }: ServerRequestSpan): boolean {
  return isUpgraded || (result === undefined && asksForWebSocket(request));
}
