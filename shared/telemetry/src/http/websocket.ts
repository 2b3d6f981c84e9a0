/** WebSockets: the handshake has the SERVER span, and each message a span below it. */
import { context, SpanKind } from "@opentelemetry/api";
import { withSpan } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { contextOf } from "./span-of-request.ts";

/** A socket of Elysia, or one of Bun that was upgraded with `data: { request }`. */
interface Socket {
  readonly data: { readonly request: Request };
}

/**
 * Wraps the handler of one message of a WebSocket:
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
 * Wraps `open`, `close` or `drain` of a WebSocket, so that what it starts (a call to another service, say) belongs to
 * the trace of the handshake. It creates no span.
 */
export function inHandshakeContext<S extends Socket, Rest extends unknown[], Result>(
  handle: (socket: S, ...rest: Rest) => Result,
): (socket: S, ...rest: Rest) => Result {
  return (socket, ...rest) => {
    const active = contextOf(socket.data.request);
    return active === undefined ? handle(socket, ...rest) : context.with(active, handle, undefined, socket, ...rest);
  };
}

/** True for a request that asks for a WebSocket. @see https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
export function asksForWebSocket({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("upgrade")?.toLowerCase() === "websocket";
}
