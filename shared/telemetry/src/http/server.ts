/** The Elysia plugin: exactly one SERVER span for each request, whatever happens to it. */
import { context, diag } from "@opentelemetry/api";
import { Elysia } from "elysia";
import { callHook } from "../hooks.ts";
import { suppressTracing } from "../suppression.ts";
import type { Telemetry } from "../telemetry.ts";
import { createDisconnectWatch, type DisconnectWatch, listen } from "./disconnects.ts";
import { Exchange } from "./exchange.ts";
import { exchangeOf, setExchange } from "./exchange-of.ts";
import { createHttpInstruments } from "./instruments.ts";
import { createMethodReader } from "./method.ts";
import { type HttpServerTelemetryOptions, isNotProbe } from "./options.ts";
import { createRouteBook } from "./routes.ts";
import type { PeerOf } from "./server-attributes.ts";
import { createSocketRoutes } from "./socket-routes.ts";
import { DisconnectedError, type RequestEnd } from "./span-end.ts";
import { isErrorStatus } from "./status.ts";
import { type BodyEnd, canTellStreams, followBody, isStreamed } from "./streamed-body.ts";

type Handle = (request: Request) => unknown;

/**
 * Makes the plugin. Use it before everything else, so that it sees every request first.
 *
 * The handler runs inside the span, which ends with the last byte of a streamed body. What a handler throws goes to
 * the application's own `onError` unchanged.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function httpServerTelemetry(telemetry: Telemetry, options: HttpServerTelemetryOptions = {}) {
  const instruments = createHttpInstruments("server", telemetry, options);
  const scope = {
    telemetry,
    options,
    instruments,
    routes: createRouteBook(),
    readMethod: createMethodReader(options.knownMethods ?? telemetry.knownHttpMethods),
  };
  const { filter = isNotProbe } = options;
  if (!canTellStreams()) {
    diag.warn(`Bun ${Bun.version} prints responses in a new way: the spans of streamed responses end too early here`);
  }
  const disconnects = createDisconnectWatch();
  const sockets = createSocketRoutes();
  let peerOf: PeerOf = () => null;

  return new Elysia({ name: "@baton/telemetry/http" })
    .onStart((app) => {
      const { server } = app;
      if (server) peerOf = (request) => server.requestIP(request);
      sockets.readFrom(app);
    })
    .wrap((handle: Handle) => (request: Request) => {
      if (!callHook("http server filter", () => filter(request), true)) {
        return context.with(suppressTracing(context.active()), handle, undefined, request);
      }
      const exchange = new Exchange(scope, request, peerOf);
      setExchange(request, exchange);
      return run(handle, exchange, disconnects);
    })
    .onTransform({ as: "global" }, ({ request, route, set }) => {
      const exchange = exchangeOf(request);
      if (exchange === undefined) return;
      exchange.setRoute(route);
      if (!sockets.has(route) || !asksForWebSocket(request)) return;
      exchange.isHandshake = true;
      // A handshake is answered by the server itself, from these headers and not from a Response.
      const { traceResponse } = exchange;
      if (traceResponse !== undefined) set.headers.traceresponse = traceResponse;
    })
    .onAfterHandle({ as: "global" }, ({ request, responseValue }) => {
      const exchange = exchangeOf(request);
      if (exchange !== undefined) exchange.returned = { value: responseValue };
    })
    .onError({ as: "global" }, ({ request, route, error }) => {
      const exchange = exchangeOf(request);
      if (exchange === undefined) return;
      // No route was found where Elysia names none.
      if (route) exchange.setRoute(route);
      exchange.error = error;
    });
}

function run(handle: Handle, exchange: Exchange, disconnects: DisconnectWatch): unknown {
  const { request } = exchange;
  const failed = (error: unknown): never => {
    disconnects.delete(exchange);
    // What gets past Elysia is answered by Bun.
    exchange.end({ response: undefined, statusCode: 500, error, failed: true });
    throw error;
  };
  try {
    const running = context.with(exchange.context, handle, undefined, request);
    if (!(running instanceof Promise)) return respond(running, exchange);
    disconnects.add(exchange);
    return running.then((result) => {
      disconnects.delete(exchange);
      // A socket that was taken and is closed again left nothing unanswered.
      if (request.signal.aborted && !isUpgraded(result, exchange)) exchange.abandon();
      return respond(result, exchange);
    }, failed);
  } catch (error) {
    return failed(error);
  }
}

/** Ends the exchange with the response, or lets it last as long as the body that is still to be made. */
function respond(result: unknown, exchange: Exchange): unknown {
  const { request, returned, error } = exchange;
  if (!(result instanceof Response) || isUpgraded(result, exchange)) {
    exchange.end({
      response: undefined,
      statusCode: result instanceof Response ? 101 : undefined,
      error,
      failed: false,
    });
    return result;
  }
  const { traceResponse } = exchange;
  if (traceResponse !== undefined) result.headers.set("traceresponse", traceResponse);
  // A thrown error that the application answered with less than a 500 was no failure of the server.
  const statusCode = sentStatus(result);
  const failed = error !== undefined && isErrorStatus("server", statusCode);
  const end = { response: result, statusCode, error, failed };
  if (
    statusCode !== result.status ||
    !mayStream(returned) ||
    request.method === "HEAD" ||
    !isStreamed(result) ||
    result.body === null
  ) {
    exchange.end(end);
    return result;
  }
  exchange.answered = end;
  listen(exchange);
  const body = followBody(result.body, exchange.context, (bodyEnd) => exchange.end({ ...end, ...failureOf(bodyEnd) }));
  return new Response(body, result);
}

/** Bun cannot send a network error, nor a body twice, and answers 500 instead. */
function sentStatus(response: Response): number {
  return response.status === 0 || response.bodyUsed ? 500 : response.status;
}

function failureOf(end: BodyEnd): Partial<RequestEnd> {
  if (end.how === "sent") return {};
  return { error: end.how === "failed" ? end.error : new DisconnectedError(), failed: true };
}

/** Elysia makes whole bodies of plain values; only these can become streams, and an error page may be anything. */
function mayStream(returned: Exchange["returned"]): boolean {
  if (returned === undefined) return true;
  const { value } = returned;
  return typeof value === "object" && value !== null && (value instanceof Response || isIterator(value));
}

function isIterator(value: object): boolean {
  return value instanceof ReadableStream || "next" in value || Symbol.asyncIterator in value;
}

/** Elysia answers a handshake that was taken with an empty 200 that is never sent. */
function isUpgraded(result: unknown, { isHandshake, returned }: Exchange): boolean {
  if (!(result instanceof Response)) return false;
  return isHandshake && returned !== undefined && returned.value === undefined && result.status === 200;
}

function asksForWebSocket(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}
