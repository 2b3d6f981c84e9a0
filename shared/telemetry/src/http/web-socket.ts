/** WebSockets: the handshake has the SERVER span, and each message a span below it. */
import { SpanKind } from "@opentelemetry/api";
import { withSpan } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { runIn } from "./exchange.ts";
import { exchangeOf } from "./exchange-of.ts";

/** An Elysia socket, as far as it is needed here. */
interface Socket {
  readonly data: { readonly request: Request };
}

/**
 * Wraps the handler of one message of an Elysia WebSocket route:
 * `app.ws("/chat", { message: webSocketMessage(telemetry, (socket, message) => { ... }) })`.
 *
 * Bun calls it outside of every context, long after the handshake; here it runs inside an INTERNAL span that is a
 * child of the handshake's. What it throws is recorded and rethrown.
 */
export function webSocketMessage<S extends Socket, Message, Result>(
  telemetry: Telemetry,
  handle: (socket: S, message: Message) => Result,
): (socket: S, message: Message) => Result {
  return inHandshakeContext((socket, message) =>
    withSpan(telemetry, "websocket message", { kind: SpanKind.INTERNAL }, () => handle(socket, message)),
  );
}

/**
 * Wraps `open`, `close` or `drain` of an Elysia WebSocket route, so that what it starts (a call to another service, say)
 * belongs to the trace of the handshake. It makes no span.
 */
export function inHandshakeContext<S extends Socket, Rest extends unknown[], Result>(
  handle: (socket: S, ...rest: Rest) => Result,
): (socket: S, ...rest: Rest) => Result {
  return (socket, ...rest) => {
    const exchange = exchangeOf(socket.data.request);
    return exchange === undefined ? handle(socket, ...rest) : runIn(exchange, () => handle(socket, ...rest));
  };
}
