/** WebSockets: the handshake has the SERVER span, and each message a span of its own. */
import { type Context, context, type Link, propagation, SpanKind, type TextMapGetter, trace } from "@opentelemetry/api";
import { guardHook } from "../hooks.ts";
import { extractContext } from "../propagation/index.ts";
import { ATTR_NETWORK_PROTOCOL_NAME } from "../semconv.ts";
import { withSpan } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { handlingOf } from "./span-of-request.ts";

/** A socket of Elysia, or one of Bun that was upgraded with `data: { request }`. */
interface Socket {
  readonly data: { readonly request: Request };
}

export interface WebSocketMessageOptions<Message> {
  /**
   * The fields of a message that carry the context of its sender, by the names of the headers: `traceparent`,
   * `tracestate`, `baggage`. A value that is not text is not read. A hook that throws is reported.
   * @default no message carries one
   */
  readonly carrier?: (message: Message) => MessageCarrier | undefined;
}

/** Such as the parsed JSON of the message. */
export type MessageCarrier = Readonly<Record<string, unknown>>;

/**
 * Wraps the handler of one message of a WebSocket:
 * `app.ws("/chat", { message: webSocketMessage(telemetry, (socket, message) => { ... }) })`.
 *
 * Bun calls it outside of every context, long after the handshake; here it runs inside an INTERNAL span that is a
 * child of the handshake's. What it throws is recorded and rethrown.
 *
 * A message that carries a context has a SERVER span: its parent is the sender's span, and it links to the handshake's.
 * The `trust` of the server holds for it too. A `traceparent` that is not valid counts as one that was not sent.
 * @see https://www.w3.org/TR/trace-context-2/#a-traceparent-is-received
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#spankind
 */
export function webSocketMessage<S extends Socket, Message, Result>(
  telemetry: Telemetry,
  handle: (socket: S, message: Message) => Result,
  options: WebSocketMessageOptions<Message> = {},
): (socket: S, message: Message) => Result {
  const carrierOf = guardHook("websocket carrier", options.carrier, () => undefined);
  return inHandshakeContext((socket, message) => {
    const sent = carrierOf(message);
    const sender = sent ? readSender(telemetry, socket, sent) : undefined;
    const work = () => handle(socket, message);
    if (sender === undefined) return withSpan(telemetry, SPAN_NAME, work);
    return context.with(sender.parent, () =>
      withSpan(telemetry, SPAN_NAME, { ...OF_SENDER, links: sender.links }, work),
    );
  });
}

const SPAN_NAME = "websocket message";
/** There are no conventions for WebSockets. The sender waits for what its message does, so it is a SERVER span. */
const OF_SENDER = { kind: SpanKind.SERVER, attributes: { [ATTR_NETWORK_PROTOCOL_NAME]: "websocket" } };

interface Sender {
  readonly parent: Context;
  readonly links: readonly Link[];
}

/** `undefined` for a carrier without a valid context, and where it is not trusted at all. */
function readSender({ propagator }: Telemetry, socket: Socket, carrier: MessageCarrier): Sender | undefined {
  const handshake = handlingOf(socket.data.request);
  const sent = extractContext(propagator, carrier, carrierGetter, handshake?.trust);
  if (trace.getSpanContext(sent.context) !== undefined) {
    const spanContext = handshake && trace.getSpanContext(handshake.context);
    const links = spanContext === undefined ? [] : [{ context: spanContext }];
    return { parent: sent.context, links };
  }
  if (sent.links.length === 0) return undefined;
  // With trust "restart" the new trace is that of the handshake, which was started anew as well.
  const baggage = propagation.getBaggage(sent.context);
  const parent = baggage === undefined ? context.active() : propagation.setBaggage(context.active(), baggage);
  return { parent, links: sent.links };
}

const carrierGetter: TextMapGetter<MessageCarrier> = {
  get(carrier, key) {
    const value = carrier[key];
    return typeof value === "string" ? value : undefined;
  },
  keys: (carrier) => Object.keys(carrier),
};

/**
 * Wraps `open`, `close` or `drain` of a WebSocket, so that what it starts (a call to another service, say) belongs to
 * the trace of the handshake. It creates no span.
 */
export function inHandshakeContext<S extends Socket, Rest extends unknown[], Result>(
  handle: (socket: S, ...rest: Rest) => Result,
): (socket: S, ...rest: Rest) => Result {
  return (socket, ...rest) => {
    const active = handlingOf(socket.data.request)?.context;
    return active === undefined ? handle(socket, ...rest) : context.with(active, handle, undefined, socket, ...rest);
  };
}

/** True for a request that asks for a WebSocket. @see https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
export function asksForWebSocket({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("upgrade")?.toLowerCase() === "websocket";
}
