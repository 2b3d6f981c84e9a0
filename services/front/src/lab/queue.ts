/** A queue in this process, whose messages carry the context of who sent them, and three ways to consume them. */
import { type Telemetry, withSpan } from "@baton/telemetry";
import {
  type Attributes,
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
} from "@opentelemetry/api";

/**
 * - `child`: the span of the consumer is a child of the producer's. Right where one message is one step of one request.
 * - `link`: it begins a new trace with a link. Right where the work is long, late, or done by somebody else's rules.
 * - `batch`: one span for several messages, with a link to each. The only right way for a batch: a span has one parent.
 */
export const consumeWays = ["child", "link", "batch"] as const;
export type ConsumeWay = (typeof consumeWays)[number];

interface Message {
  /** Travels with the message, as the headers of a request do. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Consumed {
  /** The trace of the consumer's span. */
  readonly traceId: string;
  readonly spanId: string;
}

const destination = "throws";
const messaging = { "messaging.system": "in_process", "messaging.destination.name": destination };
const batchSize = 3;

/** Sends a message, or a batch of them, and resolves when it is consumed. */
export function createQueue(telemetry: Telemetry) {
  const send = (): Message => {
    const attributes = { ...messaging, "messaging.operation.name": "send", "messaging.operation.type": "send" };
    return withSpan(telemetry, `send ${destination}`, { kind: SpanKind.PRODUCER, attributes }, (span) => {
      const headers: Record<string, string> = {};
      telemetry.propagator.inject(context.active(), headers, defaultTextMapSetter);
      span.setAttributes(captured(headers));
      return { headers };
    });
  };
  const senderOf = ({ headers }: Message): Context =>
    telemetry.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);

  return async (way: ConsumeWay): Promise<Consumed> => {
    const messages = Array.from({ length: way === "batch" ? batchSize : 1 }, send);
    const senders = messages.map(senderOf);
    const [first = ROOT_CONTEXT] = senders;
    // A consumer runs in no request, so what is active here is never its parent.
    return context.with(way === "child" ? first : ROOT_CONTEXT, () => {
      const attributes = {
        ...messaging,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        ...(way === "batch" ? { "messaging.batch.message_count": batchSize } : captured(messages[0]?.headers ?? {})),
      };
      const links = way === "child" ? [] : senders.flatMap(linkTo);
      return withSpan(telemetry, `process ${destination}`, { kind: SpanKind.CONSUMER, attributes, links }, idsOf);
    });
  };
}

async function idsOf(span: Span): Promise<Consumed> {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

function linkTo(sender: Context): readonly Link[] {
  const span = trace.getSpanContext(sender);
  return span === undefined ? [] : [{ context: span }];
}

/** As other instrumentations name the headers of a message. */
function captured({ traceparent }: Readonly<Record<string, string>>): Attributes {
  return traceparent === undefined ? {} : { "messaging.header.traceparent": [traceparent] };
}
