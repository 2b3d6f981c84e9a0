/** How a receiver of OTLP behaves, and what it counts. Both travel between processes, so they are data. */
import type { NetworkFault } from "../proxy.ts";

export interface Behaviour {
  /** What the network before it does. @default it forwards */
  readonly network?: NetworkFault;
  /** The status of HTTP, also for gRPC, where it is translated. @default 200 */
  readonly status?: number;
  /** The header, or the seconds until the date in it; over gRPC `RetryInfo`. @default none */
  readonly retryAfter?: string | { readonly dateInS: number };
  /** It is there and away by turns, each for so many milliseconds. @default it is always there */
  readonly restartsEachMs?: number;
  /** Milliseconds before each answer. What waits when the behaviour changes is answered then. @default 0 */
  readonly delayMs?: number;
  /** How many items of each batch it refuses, while it takes the rest. @default 0 */
  readonly rejects?: number;
  /** It answers 200 with bytes that mean nothing. @default false */
  readonly garbage?: boolean;
}

/** How a request is to be answered, once it is time to do so. It is told whether the request has spans. */
export type Behave = (isTraces: boolean) => Promise<Behaviour>;

export interface ReceiverCounts {
  /** Spans that were accepted, each counted once, by the service that made them. */
  readonly accepted: Readonly<Record<string, number>>;
  /** Accepted spans that end before they start, or last for longer than a minute. */
  readonly impossible: number;
  /** When a span was accepted for the first time that ended after the behaviour last changed, in milliseconds since 1970. */
  readonly firstAcceptedAt: number | undefined;
  /** How often the behaviour was felt since it last changed: by the network, or by a request with spans. */
  readonly faults: number;
  /** What the services count about their own spans, by service. */
  readonly ledger: Readonly<Record<string, Ledger>>;
}

export interface Ledger {
  readonly made: number;
  /** In the queue. */
  readonly waiting: number;
  /** By reason. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Where a service has no metrics, it says only how many spans there were, and not its name. */
export const UNNAMED = "unnamed";
