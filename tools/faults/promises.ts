/** What is promised, in the words of docs/reliability.md, with the limit of each. */

export type PromiseId = 1 | 2 | 3 | 4 | 5 | 6;

export interface Promised {
  readonly id: PromiseId;
  readonly title: string;
  readonly text: string;
}

/** Milliseconds at the 99th percentile. */
export const LATER_LIMIT_MS = 5;
export const END_LIMIT_MS = 3000;
export const RECOVERY_LIMIT_MS = 5000;
/** More resident memory of front and back together than the pair whose backend works. */
export const MEMORY_LIMIT_BYTES = 128 * 1024 * 1024;

export const PROMISES: readonly Promised[] = [
  {
    id: 1,
    title: "requests",
    text: "A request never suffers for its telemetry. No answer is lost, changed, or later than 5 ms at the 99th percentile because of the state of the backend.",
  },
  {
    id: 2,
    title: "spans",
    text: "Every span is accounted for: made = received + counted as lost, with the reason, in `otel.sdk.*` and in one line at the end.",
  },
  {
    id: 3,
    title: "last spans",
    text: "What ended before the process did arrives, for every way in which a process can still act.",
  },
  {
    id: 4,
    title: "end",
    text: "An end takes at most 3 s beyond the requests in flight, whatever the backend does, and open streams and sockets do not hold it.",
  },
  {
    id: 5,
    title: "memory",
    text: "Memory is bounded: by the queue in an outage, by limits against what strangers send. Its slope over a million requests is zero, healthy and in an outage.",
  },
  {
    id: 6,
    title: "recovery",
    text: "It recovers by itself, within 5 s of the return of the backend or of back, under load.",
  },
];
