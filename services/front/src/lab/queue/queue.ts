/** Sends messages that carry the context of who sent them, and consumes them in three ways. */
import { randomUUID } from "node:crypto";
import { settlesWithin } from "@baton/service";
import { type Telemetry, withSpan } from "@baton/telemetry";
import {
  type Attributes,
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
} from "@opentelemetry/api";
import { ProblemError } from "../../problem.ts";
import { capturedOf } from "../captured-fields.ts";
import { type Broker, type BrokerKind, destination, type ReceivedMessage } from "./broker.ts";

/**
 * - `child`: the span of the consumer is a child of the producer's. Allowed for a single message.
 * - `link`: it begins a new trace with a link to the producer's. The default of the conventions.
 * - `batch`: one span for several messages, with a link to each. The only way for a batch: a span has one parent.
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#consumer-spans
 */
export const consumeWays = ["child", "link", "batch"] as const;
export type ConsumeWay = (typeof consumeWays)[number];

export interface Consumed {
  /** `messaging.system` */
  readonly system: string;
  /** Of the consumer's span. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface Queue {
  /**
   * Sends a message, or a batch of them, and resolves when it is consumed.
   * @throws ProblemError 503 when the broker cannot be reached, 504 when the messages did not arrive in time.
   */
  sendAndConsume(way: ConsumeWay): Promise<Consumed>;
  close(): Promise<void>;
}

interface Job {
  readonly way: ConsumeWay;
  readonly received: ReceivedMessage[];
  readonly resolve: (consumed: Consumed) => void;
}

const batchSize = 3;
const timeoutMs = 10_000;

export function createQueue(telemetry: Telemetry, kind: BrokerKind): Queue {
  const jobs = new Map<string, Job>();
  let opening: Promise<Broker> | undefined;

  const onMessage = (message: ReceivedMessage) => {
    const job = jobs.get(message.job);
    if (job === undefined) return;
    job.received.push(message);
    if (job.received.length < sizeOf(job.way)) return;
    jobs.delete(message.job);
    job.resolve({ system: kind.system, ...consume(telemetry, kind, job) });
  };
  const open = (): Promise<Broker> => {
    // Not in the context of the request that happens to be the first.
    opening ??= context.with(ROOT_CONTEXT, () => kind.open(onMessage));
    // The next request tries again.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  const sendAll = async (way: ConsumeWay, job: string) => {
    try {
      const broker = await open();
      for (let sent = 0; sent < sizeOf(way); sent++) await send(telemetry, kind, broker, job);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ProblemError({ status: 503, detail: `The messages cannot be sent: ${reason}` });
    }
  };

  return {
    async sendAndConsume(way) {
      const id = randomUUID();
      const consumed = new Promise<Consumed>((resolve) => jobs.set(id, { way, received: [], resolve }));
      try {
        await sendAll(way, id);
        if (await settlesWithin(consumed, timeoutMs)) return await consumed;
      } finally {
        jobs.delete(id);
      }
      throw new ProblemError({ status: 504, detail: `The messages did not arrive within ${timeoutMs} ms.` });
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

function sizeOf(way: ConsumeWay): number {
  return way === "batch" ? batchSize : 1;
}

function attributesOf({ system }: BrokerKind, operation: string): Attributes {
  return {
    "messaging.system": system,
    "messaging.destination.name": destination,
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
  };
}

function send(telemetry: Telemetry, kind: BrokerKind, broker: Broker, job: string): Promise<void> {
  const options = { kind: SpanKind.PRODUCER, attributes: attributesOf(kind, "send") };
  return withSpan(telemetry, `send ${destination}`, options, async (span) => {
    const headers: Record<string, string> = {};
    telemetry.propagator.inject(context.active(), headers, defaultTextMapSetter);
    span.setAttributes(capturedOf(headers));
    span.setAttributes(await broker.send({ job, headers }));
  });
}

/** The work itself is nothing: the span is what is shown. */
function consume(telemetry: Telemetry, kind: BrokerKind, { way, received }: Job) {
  const messages = received.map(({ headers, attributes }) => ({
    attributes,
    headers,
    sender: telemetry.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
  }));
  const [first] = messages;
  const ofMessages =
    way === "batch" || first === undefined
      ? { "messaging.batch.message_count": messages.length }
      : { ...first.attributes, ...capturedOf(first.headers) };
  const attributes = { ...attributesOf(kind, "process"), ...kind.consumer, ...ofMessages };
  // The conventions ask for a link beside the parent too. A Jaeger then tells only of the link: the trace loses its shape.
  const links =
    way === "child" ? [] : messages.flatMap(({ sender, attributes: ofMessage }) => linkTo(sender, ofMessage));
  // A consumer runs in no request, so what is active here is never its parent.
  const parent = way === "child" && first !== undefined ? first.sender : ROOT_CONTEXT;
  return context.with(parent, () =>
    withSpan(telemetry, `process ${destination}`, { kind: SpanKind.CONSUMER, attributes, links }, idsOf),
  );
}

function idsOf(span: Span) {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

function linkTo(sender: Context, attributes: Attributes) {
  const span = trace.getSpanContext(sender);
  return span === undefined ? [] : [{ context: span, attributes }];
}
