/** A conformance case: headers that come in, and the headers that must go out. */
import type { ClauseId } from "./clauses.ts";

/** Name and value of each header line, in the order in which they are sent. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface ConformanceCase {
  /** Unique, and never used again for another case. */
  readonly id: string;
  readonly clause: ClauseId;
  /** The headers that a caller sends. */
  readonly headers: HeaderLines;
  readonly expected: Expected;
  /** The specification leaves it open: another service may do otherwise. @default false */
  readonly isOpen?: boolean;
}

/** The headers that go out to the next service, from a span with the default sampler. */
export interface Expected {
  /** Whether the trace-id of the caller is continued, or a new one starts. */
  readonly trace: "continued" | "new";
  /** The last field of the `traceparent`. @default "03" for a new trace: sampled, and random */
  readonly flags?: string;
  /** @default no such header */
  readonly tracestate?: string;
  /** @default no such header */
  readonly baggage?: string;
}

export const traceId = "0af7651916cd43dd8448eb211c80319c";
export const parentId = "b7ad6b7169203331";
/** Continues the trace; sampled, not random. */
export const traceparent = `00-${traceId}-${parentId}-01`;
