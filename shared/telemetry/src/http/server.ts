/** The Elysia plugin: exactly one SERVER span for each request, whatever happens to it. */
import { context, diag } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { Elysia } from "elysia";
import { callHook } from "../hooks.ts";
import type { Telemetry } from "../telemetry.ts";
import { type Exchange, startExchange } from "./exchange.ts";
import { createHttpInstruments } from "./instruments.ts";
import { createMethodReader } from "./method.ts";
import { type HttpServerTelemetryOptions, isNotProbe } from "./options.ts";
import type { PeerOf } from "./server-attributes.ts";
import { DisconnectedError, type RequestEnd } from "./span-end.ts";
import { isErrorStatus } from "./status.ts";
import { type BodyEnd, canTellStreams, followBody, isStreamed } from "./streamed-body.ts";
import { linkWebSockets } from "./web-socket.ts";

type Handle = (request: Request) => unknown;

/** What the plugin's hooks add to an exchange as Elysia goes through a request. */
interface Passage {
  readonly exchange: Exchange;
  /** Does it ask for a WebSocket? */
  readonly isHandshake: boolean;
  /** What the handler returned, if it got that far. */
  returned: { readonly value: unknown } | undefined;
  error: unknown;
  /** What went out, or is still going out. */
  answered: Pick<RequestEnd, "response" | "statusCode">;
}

/**
 * Makes the plugin. Use it before everything else, so that it sees every request first.
 *
 * The handler runs inside the span, which ends with the last byte of a streamed body. What a handler throws goes to
 * the application's own `onError` unchanged.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function httpServerTelemetry(telemetry: Telemetry, options: HttpServerTelemetryOptions = {}) {
  const scope = {
    telemetry,
    options,
    instruments: createHttpInstruments("server", telemetry, options),
    readMethod: createMethodReader(options.knownMethods ?? telemetry.config.knownHttpMethods),
  };
  const { filter = isNotProbe } = options;
  if (!canTellStreams()) {
    diag.warn(`Bun ${Bun.version} prints responses in a new way: the spans of streamed responses end too early here`);
  }
  const passages = new WeakMap<Request, Passage>();
  let peerOf: PeerOf = () => null;

  return new Elysia({ name: "@baton/telemetry/http" })
    .onStart(({ server }) => {
      if (server) peerOf = (request) => server.requestIP(request);
    })
    .wrap((handle: Handle) => (request: Request) => {
      if (!callHook("http server filter", () => filter(request), true)) {
        return context.with(suppressTracing(context.active()), handle, undefined, request);
      }
      const exchange = startExchange(scope, request, peerOf);
      const isHandshake = asksForWebSocket(request);
      const passage: Passage = { exchange, isHandshake, returned: undefined, error: undefined, answered: NOTHING_SENT };
      passages.set(request, passage);
      if (isHandshake) linkWebSockets(request, exchange);
      return run(handle, passage);
    })
    .onTransform({ as: "global" }, ({ request, route, set }) => {
      const passage = passages.get(request);
      if (passage === undefined) return;
      passage.exchange.setRoute(route);
      // A handshake is answered by the server itself, from these headers and not from a Response.
      const { traceResponse } = passage.exchange;
      if (traceResponse !== undefined && passage.isHandshake) set.headers.traceresponse = traceResponse;
    })
    .onAfterHandle({ as: "global" }, ({ request, responseValue }) => {
      const passage = passages.get(request);
      if (passage !== undefined) passage.returned = { value: responseValue };
    })
    .onError({ as: "global" }, ({ request, route, error }) => {
      const passage = passages.get(request);
      if (passage === undefined) return;
      // No route was found where Elysia names none.
      if (route) passage.exchange.setRoute(route);
      passage.error = error;
    });
}

function run(handle: Handle, passage: Passage): unknown {
  const { exchange } = passage;
  const { request } = exchange;
  const abandoned = () => exchange.end({ ...passage.answered, error: new DisconnectedError(), failed: true });
  request.signal.addEventListener("abort", abandoned, { once: true });
  const failed = (error: unknown): never => {
    // What gets past Elysia is answered by Bun.
    exchange.end({ response: undefined, statusCode: 500, error, failed: true });
    throw error;
  };
  try {
    const running = context.with(exchange.context, handle, undefined, request);
    return running instanceof Promise
      ? running.then((result) => respond(result, passage), failed)
      : respond(running, passage);
  } catch (error) {
    return failed(error);
  }
}

/** Ends the exchange with the response, or lets it last as long as the body that is still to be made. */
function respond(result: unknown, passage: Passage): unknown {
  const { exchange, returned, error } = passage;
  if (!(result instanceof Response) || isUpgraded(result, passage)) {
    exchange.end({
      response: undefined,
      statusCode: result instanceof Response ? 101 : undefined,
      error,
      failed: false,
    });
    return result;
  }
  if (exchange.traceResponse !== undefined) result.headers.set("traceresponse", exchange.traceResponse);
  // A thrown error that the application answered with less than a 500 was no failure of the server.
  const statusCode = sentStatus(result);
  const failed = error !== undefined && isErrorStatus("server", statusCode);
  const end = { response: result, statusCode, error, failed };
  if (
    statusCode !== result.status ||
    !mayStream(returned) ||
    exchange.request.method === "HEAD" ||
    !isStreamed(result) ||
    result.body === null
  ) {
    exchange.end(end);
    return result;
  }
  passage.answered = end;
  const body = followBody(result.body, exchange.context, (bodyEnd) => exchange.end({ ...end, ...failureOf(bodyEnd) }));
  return new Response(body, result);
}

/** Bun cannot send a network error, nor a body twice, and answers 500 instead. */
function sentStatus(response: Response): number {
  return response.status === 0 || response.bodyUsed ? 500 : response.status;
}

function failureOf(end: BodyEnd): { error?: unknown; failed?: boolean } {
  if (end.how === "sent") return {};
  return { error: end.how === "failed" ? end.error : new DisconnectedError(), failed: true };
}

const NOTHING_SENT = { response: undefined, statusCode: undefined };

/** Elysia makes whole bodies of plain values; only these can become streams, and an error page may be anything. */
function mayStream(returned: Passage["returned"]): boolean {
  if (returned === undefined) return true;
  const { value } = returned;
  return typeof value === "object" && value !== null && (value instanceof Response || isIterator(value));
}

function isIterator(value: object): boolean {
  return value instanceof ReadableStream || "next" in value || Symbol.asyncIterator in value;
}

/** Elysia answers a handshake that was taken with an empty 200 that is never sent. */
function isUpgraded(response: Response, { isHandshake, returned }: Passage): boolean {
  return isHandshake && returned !== undefined && returned.value === undefined && response.status === 200;
}

function asksForWebSocket(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}
