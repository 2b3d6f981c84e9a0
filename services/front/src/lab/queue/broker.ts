/** What is between who sends a message and who consumes it: a queue in this process, or a Kafka. */
import type { Attributes } from "@opentelemetry/api";

export interface Message {
  /** Which request it belongs to: a topic has messages of others too. */
  readonly job: string;
  /** Travel with the message, as the headers of a request do. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReceivedMessage extends Message {
  /** Which one it is, by the conventions for messaging. */
  readonly attributes: Attributes;
}

export interface Broker {
  /** Resolves when the broker has the message, with the attributes that say where it is. */
  send(message: Message): Promise<Attributes>;
  close(): Promise<void>;
}

/** How to reach a broker, and what its spans say of it. */
export interface BrokerKind {
  /** `messaging.system` */
  readonly system: string;
  /** More attributes of the consumer's spans. */
  readonly consumer: Attributes;
  /** Opens it; from then on each message is given to `onMessage`. @throws Error when it cannot be reached. */
  open(onMessage: (message: ReceivedMessage) => void): Promise<Broker>;
}

/** The name of the queue, or of the topic. */
export const destination = "baton.throws";
