/** Reading and writing of the `traceparent` header. */
import { trimBlanks } from "./text.ts";

/** `sampled`: the caller may have recorded this trace. */
export const FLAG_SAMPLED = 0x01;
/** `random-trace-id`: the right-most seven bytes of the trace-id were drawn at random. New in Level 2. */
export const FLAG_RANDOM = 0x02;
const KNOWN_FLAGS = FLAG_SAMPLED | FLAG_RANDOM;

/** What a valid `traceparent` says. Flags that Level 2 does not know are already cleared. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

// Regular expressions, because Bun compiles them: measured, they are faster here than reading character by character.
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
// A higher version may go on after a dash, but not beyond a comma: servers join repeated headers with one, and a request
// with two `traceparent` headers has no parent that could be trusted.
const TRACE_PARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])(-[^,]*)?$/;

const V00 = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const V00_LENGTH = 55;

/**
 * Reads one `traceparent` value. Answers `undefined` for anything that Level 2 tells us to ignore.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values
 * @see https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent
 */
export function parseTraceParent(header: string): TraceParent | undefined {
  if (header.length === V00_LENGTH && V00.test(header)) return parseV00(header);
  const [, version, traceId, spanId, lowFlags, rest] = TRACE_PARENT.exec(trimBlanks(header)) ?? [];
  if (traceId === undefined || spanId === undefined || lowFlags === undefined) return undefined;
  if (version === "00" && rest !== undefined) return undefined;
  // The known flags are the two lowest bits, so the last digit holds them all.
  return { traceId, spanId, traceFlags: Number.parseInt(lowFlags, 16) & KNOWN_FLAGS };
}

/** What nearly everybody sends. Cut where everything has its place: a match with groups makes six more values. */
function parseV00(header: string): TraceParent {
  return {
    traceId: header.slice(3, 35),
    spanId: header.slice(36, 52),
    // The known flags are the two lowest bits, so the last digit holds them all.
    traceFlags: Number.parseInt(header.slice(54), 16) & KNOWN_FLAGS,
  };
}

/** Writes a `traceparent` of version 00. The ids must be valid; flags that Level 2 does not know are sent as zero. */
export function formatTraceParent(traceId: string, spanId: string, flags: number): string {
  return `00-${traceId}-${spanId}-0${flags & KNOWN_FLAGS}`;
}

/** 32 lowercase hexadecimal digits, not all zero. @see https://www.w3.org/TR/trace-context-2/#trace-id */
export function isTraceId(id: string): boolean {
  return TRACE_ID.test(id);
}

/** 16 lowercase hexadecimal digits, not all zero. @see https://www.w3.org/TR/trace-context-2/#parent-id */
export function isSpanId(id: string): boolean {
  return SPAN_ID.test(id);
}
