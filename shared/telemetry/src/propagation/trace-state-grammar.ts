/** The grammar and the limits of `tracestate`. */
import { trimBlanks } from "./text.ts";

/** @see https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values */
const MAX_MEMBERS = 32;
const MAX_KEY_LENGTH = 256;
const MAX_VALUE_LENGTH = 256;

/**
 * The specification asks for at least 512 characters. A valid list can be 16 415 long, and servers commonly refuse
 * requests with more than 16 KiB of headers in all: an unlimited list would let a caller break our calls to others.
 */
export const MAX_TRACESTATE_LENGTH = 4096;
const LONG_MEMBER_LENGTH = 128;

/**
 * Checks a whole list. Answers it without optional white space and empty members, or `undefined` when any part of it is
 * invalid. Repeated keys stay: uniqueness is the duty of who adds a member, not of who passes the list on.
 * @see https://www.w3.org/TR/trace-context-2/#list
 * @see https://www.w3.org/TR/trace-context-2/#mutating-the-tracestate-field
 */
export function normaliseTraceState(header: string): string | undefined {
  const members: string[] = [];
  for (let start = 0; start <= header.length; ) {
    const comma = header.indexOf(",", start);
    const end = comma < 0 ? header.length : comma;
    const member = trimBlanks(header.slice(start, end));
    start = end + 1;
    // Empty members are allowed, because joining an empty header with another one makes them.
    if (member === "") continue;
    if (members.length === MAX_MEMBERS || !isMember(member)) return undefined;
    members.push(member);
  }
  return fitTraceState(members).join(",");
}

/**
 * Whole members that fit into the limits, in their order: the right-most goes beyond 32, and for length those of more
 * than 128 characters go before others do, each time from the right.
 * @see https://www.w3.org/TR/trace-context-2/#tracestate-limits
 */
export function fitTraceState(members: readonly string[]): readonly string[] {
  const kept = members.length > MAX_MEMBERS ? members.slice(0, MAX_MEMBERS) : members;
  let length = kept.length - 1;
  for (const member of kept) length += member.length;
  if (length <= MAX_TRACESTATE_LENGTH) return kept;
  const fitting = [...kept];
  for (const longest of [LONG_MEMBER_LENGTH, 0]) {
    for (let index = fitting.length - 1; index >= 0 && length > MAX_TRACESTATE_LENGTH; index--) {
      const size = fitting[index]?.length ?? 0;
      if (size <= longest) continue;
      fitting.splice(index, 1);
      length -= size + 1;
    }
  }
  return fitting;
}

/** @see https://www.w3.org/TR/trace-context-2/#key */
export function isTraceStateKey(key: string): boolean {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH || !isLowerAlphaOrDigit(key.charCodeAt(0))) return false;
  for (let index = 1; index < key.length; index++) {
    if (!isKeyChar(key.charCodeAt(index))) return false;
  }
  return true;
}

/** @see https://www.w3.org/TR/trace-context-2/#value */
export function isTraceStateValue(value: string): boolean {
  if (value.length === 0 || value.length > MAX_VALUE_LENGTH || value.endsWith(" ")) return false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    // Printable ASCII without "," and "=".
    if (code < 0x20 || code > 0x7e || code === 0x2c || code === 0x3d) return false;
  }
  return true;
}

function isMember(member: string): boolean {
  const equals = member.indexOf("=");
  return equals > 0 && isTraceStateKey(member.slice(0, equals)) && isTraceStateValue(member.slice(equals + 1));
}

function isLowerAlphaOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
}

function isKeyChar(code: number): boolean {
  // "_" "-" "*" "/" "@"
  return isLowerAlphaOrDigit(code) || code === 95 || code === 45 || code === 42 || code === 47 || code === 64;
}
