/** One message over a queue, consumed in three ways: one table for the tests and the page. */
import type { ExpectedSpan } from "@baton/trace-tree";
import type { Scenario } from "../scenario.ts";
import { frontServer } from "../spans.ts";

export interface QueueScenario extends Scenario {
  /** When this way is right, by the conventions for messaging. */
  readonly right: string;
  /** The trace that the consumer begins. @default none: it is in the trace of the request */
  readonly consumer?: ExpectedSpan;
}

const destination = "baton.throws";
const attributesOf = (operation: string) => ({
  "messaging.system": /^(in_process|kafka)$/,
  "messaging.destination.name": destination,
  "messaging.operation.name": operation,
  "messaging.operation.type": operation,
});
const context = { "messaging.header.traceparent": /^\["00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]"\]$/ };

const sent = (...children: readonly ExpectedSpan[]): ExpectedSpan => ({
  service: "front",
  kind: "producer",
  name: `send ${destination}`,
  attributes: { ...attributesOf("send"), ...context },
  links: 0,
  children,
});

const processed = (links: number, attributes: ExpectedSpan["attributes"]): ExpectedSpan => ({
  service: "front",
  kind: "consumer",
  name: `process ${destination}`,
  attributes: { ...attributesOf("process"), ...attributes },
  links,
});

const one = { ...context, "messaging.batch.message_count": null };

/** @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#consumer-spans */
export const queueScenarios: readonly QueueScenario[] = [
  {
    id: "queue-child",
    title: "As a child",
    shows: "The CONSUMER span is a child of the PRODUCER span, in the same trace.",
    right:
      "The conventions allow it for a single message. Right where the message is one step of one request, is processed soon, and the consumer is in no other span at that time.",
    request: { type: "http", path: "/lab/queue?as=child" },
    status: 200,
    tree: frontServer("GET /lab/queue", 200, [sent(processed(0, one))]),
  },
  {
    id: "queue-link",
    title: "As a trace of its own, with a link",
    shows: "The CONSUMER span begins a new trace. A link leads to the PRODUCER span.",
    right:
      "The default of the conventions. Right where the work is long or late, is sampled by rules of its own, or has several consumers, or where you do not know.",
    request: { type: "http", path: "/lab/queue?as=link" },
    status: 200,
    tree: frontServer("GET /lab/queue", 200, [sent()]),
    consumer: processed(1, one),
  },
  {
    id: "queue-batch",
    title: "As one of a batch, with a link to each",
    shows: "Three messages, each with a PRODUCER span of its own, and one CONSUMER span that links to all three.",
    right:
      "The only way for messages that are processed together: a span has one parent, and they have several senders.",
    request: { type: "http", path: "/lab/queue?as=batch" },
    status: 200,
    tree: frontServer("GET /lab/queue", 200, [sent(), sent(), sent()]),
    consumer: processed(3, { "messaging.batch.message_count": 3, "messaging.header.traceparent": null }),
  },
];

/** The trace of the consumer's span, from the answer. `undefined` where it has none. */
export function consumerTraceOf(lines: readonly string[]): string | undefined {
  return /"traceId":"([0-9a-f]{32})"/.exec(lines.join(""))?.[1];
}
