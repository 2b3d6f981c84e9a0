/** What travelled between the spans of a trace, as plain values. */
import type { Span } from "./trace.ts";

/** The headers that the wire shows. No other header is read. */
export const WIRE_HEADERS = [
  "traceparent",
  "tracestate",
  "baggage",
  "grpc-timeout",
  "b3",
  "x-b3-traceid",
  "x-b3-spanid",
  "x-b3-sampled",
  "uber-trace-id",
  "traceresponse",
] as const;

export type WireHeader = (typeof WIRE_HEADERS)[number];

/** One request from one process to the next. */
export interface Hop {
  /** The CLIENT or PRODUCER span of the caller. Absent where the caller sent no span, as a browser does. */
  readonly from?: Span;
  /** The SERVER or CONSUMER span that was made of the request. Absent where none was found. */
  readonly to?: Span;
  readonly protocol: "http" | "grpc" | "message" | "unknown";
  /**
   * How `from` and `to` were found to be the two ends of one request:
   * `parent`: `from` is the parent of `to`. `response`: the `traceresponse` that came back names `to`.
   * `header`: the `traceparent` that arrived is the one that left, or names `from`.
   * `time`: the same method, in the time of the call, and no other call fits. `none`: one end is missing.
   */
  readonly joinedBy: "parent" | "response" | "header" | "time" | "none";
  /** One for each header that was seen on any side of this hop, in the order of `WIRE_HEADERS`. */
  readonly headers: readonly WireField[];
}

export interface WireField {
  readonly name: WireHeader;
  /** On the way there, what the caller sent; for `traceresponse`, what the callee answered. */
  readonly left: Capture;
  /** What the other side read. */
  readonly arrived: Capture;
  /** `unknown` where a side is not captured. */
  readonly change: "same" | "changed" | "dropped" | "added" | "unknown";
}

export interface Capture {
  /**
   * `absent`: other propagation headers of this request were captured, and this one was not among them.
   * `not captured`: nothing is known.
   */
  readonly state: "captured" | "absent" | "not captured";
  /** One for each header of this name; bounded, and without secrets. Empty where the state is not `captured`. */
  readonly values: readonly string[];
  /** The parts of `traceparent` and `traceresponse`, one for each value. Empty for other headers. */
  readonly parts: readonly TraceparentParts[];
}

/** A `traceparent`, cut into its parts, whether it is well-formed or not. */
export interface TraceparentParts {
  readonly version: string;
  readonly traceId: string;
  /** The id of the span that sent it; of `traceresponse`, of the span that answered. */
  readonly parentId: string;
  readonly flags: string;
  /** What follows the flags. Empty where nothing does. */
  readonly rest: string;
  /** `undefined` where the flags cannot be read. */
  readonly sampled: boolean | undefined;
  /** The rules of W3C Trace Context that it breaks. Empty where it is well-formed. */
  readonly problems: readonly string[];
}
