/** What carries a batch away: the one interface between the queues and the network. */

/** How sending a batch ended. A sender never rejects. */
export type SendOutcome = SendSuccess | SendFailure;

export interface SendSuccess {
  readonly ok: true;
  /** Items that the receiver refused while it took the rest. */
  readonly rejected: number;
  readonly reason?: string;
}

export interface SendFailure {
  readonly ok: false;
  /** For people. */
  readonly reason: string;
  /** Low-cardinality, for metrics. */
  readonly errorType: string;
}

export interface Sender<T> {
  /** Where to, for people: without credentials. */
  readonly target: string;
  /** `otel.component.type` of the exporter. */
  readonly componentType: string;
  /** Settles soon after the signal aborts. */
  send(items: T, signal: AbortSignal): Promise<SendOutcome>;
  /** The process is about to end: give up early on what a retry is not likely to cure. */
  hurry(): void;
  /** Drops connections. Nothing is sent afterwards. */
  close(): void;
}
