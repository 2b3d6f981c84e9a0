/** Reading and writing of the `traceparent` header, by character codes: it runs once for each request and call. */
import { trimBlanks } from "./text.ts";

/** `sampled`: the caller may have recorded this trace. */
export const FLAG_SAMPLED = 0x01;
/** `random-trace-id`: the right-most seven bytes of the trace-id were drawn at random. New in Level 2. */
export const FLAG_RANDOM = 0x02;

/** What a valid `traceparent` says. Flags that Level 2 does not know are already cleared. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

// version "-" trace-id "-" parent-id "-" trace-flags
const LENGTH = 55;
const TRACE_ID_AT = 3;
const TRACE_ID_LENGTH = 32;
const PARENT_ID_AT = 36;
const PARENT_ID_LENGTH = 16;
const FLAGS_AT = 53;
const DASH = 45;

/**
 * Reads one `traceparent` value. Answers `undefined` for anything that Level 2 tells us to ignore.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values
 * @see https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent
 */
export function parseTraceParent(header: string): TraceParent | undefined {
  const text = trimBlanks(header);
  if (text.length < LENGTH || !isKnownShape(text)) return undefined;
  const traceId = text.slice(TRACE_ID_AT, TRACE_ID_AT + TRACE_ID_LENGTH);
  const spanId = text.slice(PARENT_ID_AT, PARENT_ID_AT + PARENT_ID_LENGTH);
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
  // The known flags are the two lowest bits, so the second digit holds them all; the first only has to be a digit.
  const high = hexDigit(text.charCodeAt(FLAGS_AT));
  const low = hexDigit(text.charCodeAt(FLAGS_AT + 1));
  if (high < 0 || low < 0) return undefined;
  return { traceId, spanId, traceFlags: low & (FLAG_SAMPLED | FLAG_RANDOM) };
}

/** Writes a `traceparent` of version 00. The ids must be valid; flags that Level 2 does not know are sent as zero. */
export function formatTraceParent(traceId: string, spanId: string, flags: number): string {
  return `00-${traceId}-${spanId}-0${flags & (FLAG_SAMPLED | FLAG_RANDOM)}`;
}

/** 32 lowercase hexadecimal digits, not all zero. @see https://www.w3.org/TR/trace-context-2/#trace-id */
export function isTraceId(id: string): boolean {
  return isHexId(id, TRACE_ID_LENGTH);
}

/** 16 lowercase hexadecimal digits, not all zero. @see https://www.w3.org/TR/trace-context-2/#parent-id */
export function isSpanId(id: string): boolean {
  return isHexId(id, PARENT_ID_LENGTH);
}

function isKnownShape(text: string): boolean {
  const first = hexDigit(text.charCodeAt(0));
  const second = hexDigit(text.charCodeAt(1));
  if (first < 0 || second < 0 || (first === 15 && second === 15)) return false;
  if (text.charCodeAt(2) !== DASH || text.charCodeAt(35) !== DASH || text.charCodeAt(52) !== DASH) return false;
  if (text.length === LENGTH) return true;
  // Version 00 ends here. A higher version may go on after a dash, but not after a comma: servers join repeated
  // headers with one, and a request with two `traceparent` headers has no parent that we could trust.
  const isVersion00 = first === 0 && second === 0;
  return !isVersion00 && text.charCodeAt(LENGTH) === DASH && !text.includes(",", LENGTH);
}

function isHexId(id: string, length: number): boolean {
  if (id.length !== length) return false;
  let seen = 0;
  for (let index = 0; index < length; index++) {
    const digit = hexDigit(id.charCodeAt(index));
    if (digit < 0) return false;
    seen |= digit;
  }
  return seen !== 0;
}

/** The value of a lowercase hexadecimal digit, or -1. Uppercase is not valid in this header. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}
