/** The `tracestate` header: its grammar, its limits, and its value. That of `@opentelemetry/core` accepts bad lists. */
import type { TraceState } from "@opentelemetry/api";
import { trimBlanks } from "./carriers.ts";

/** @see https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values */
const MAX_MEMBERS = 32;
/**
 * The specification asks for at least 512 characters. A valid list can be 16 415 long, and servers commonly refuse
 * requests with more than 16 KiB of headers in all: without a limit a caller could break our calls to others.
 */
export const MAX_TRACESTATE_LENGTH = 4096;
const LONG_MEMBER_LENGTH = 128;

/** @see https://www.w3.org/TR/trace-context-2/#key */
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
/** Printable ASCII without "," and "=", not ending in a space. @see https://www.w3.org/TR/trace-context-2/#value */
const VALUE = /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/**
 * A valid list of members, kept as the text that will be sent: most services only pass it on.
 *
 * It also carries what the SDK would lose. The SDK's tracer writes 0 or 1 into the flags of every span, so the random
 * flag is lost. It passes the parent's trace state to each child unchanged. So the trace state holds whether the trace-id
 * is known to be random, and the propagator reads it when it writes the flags.
 */
export class W3CTraceState implements TraceState {
  readonly #text: string;
  /** Whether the random flag may be sent for this trace. */
  readonly hasRandomTraceId: boolean;

  constructor(text: string, hasRandomTraceId: boolean) {
    this.#text = text;
    this.hasRandomTraceId = hasRandomTraceId;
  }

  get(key: string): string | undefined {
    const prefix = `${key}=`;
    return this.#members()
      .find((member) => member.startsWith(prefix))
      ?.slice(prefix.length);
  }

  /** Puts the member at the left end, in place of every other one with this key. A bad key or value changes nothing. */
  set(key: string, value: string): W3CTraceState {
    if (!KEY.test(key) || !VALUE.test(value)) return this;
    return this.#with([`${key}=${value}`, ...this.#without(key)]);
  }

  unset(key: string): W3CTraceState {
    return this.#with(this.#without(key));
  }

  serialize(): string {
    return this.#text;
  }

  #members(): string[] {
    return this.#text === "" ? [] : this.#text.split(",");
  }

  #without(key: string): string[] {
    const prefix = `${key}=`;
    return this.#members().filter((member) => !member.startsWith(prefix));
  }

  #with(members: readonly string[]): W3CTraceState {
    return new W3CTraceState(fitTraceState(members).join(","), this.hasRandomTraceId);
  }
}

/**
 * The trace state to keep for a remote parent; `undefined` when there is nothing to keep.
 * @param header what `tracestate` said, all its headers combined; an invalid list is ignored
 * @param hasRandomTraceId whether the random flag was set beside it
 */
export function readTraceState(header: string, hasRandomTraceId: boolean): W3CTraceState | undefined {
  const text = header === "" ? "" : (normaliseTraceState(header) ?? "");
  if (text === "" && hasRandomTraceId) return undefined;
  return new W3CTraceState(text, hasRandomTraceId);
}

/** The valid text of a trace state of any implementation. Empty when it is not valid. */
export function writeTraceState(traceState: TraceState): string {
  if (traceState instanceof W3CTraceState) return traceState.serialize();
  return normaliseTraceState(traceState.serialize()) ?? "";
}

/**
 * Checks a whole list. Returns it without optional white space and empty members, or `undefined` when any part of it is
 * invalid. Repeated keys stay: only a service that adds a member has to keep keys unique.
 * @see https://www.w3.org/TR/trace-context-2/#list
 * @see https://www.w3.org/TR/trace-context-2/#mutating-the-tracestate-field
 */
export function normaliseTraceState(header: string): string | undefined {
  // Empty members are allowed, because joining an empty header with another one makes them.
  const members = header.split(",").map(trimBlanks).filter(Boolean);
  if (members.length > MAX_MEMBERS || !members.every(isMember)) return undefined;
  return fitTraceState(members).join(",");
}

function isMember(member: string): boolean {
  const equals = member.indexOf("=");
  return equals > 0 && KEY.test(member.slice(0, equals)) && VALUE.test(member.slice(equals + 1));
}

/**
 * Whole members that fit into the limits, in their order. Members beyond 32 go first, from the right. For length, those
 * of more than 128 characters go before others do, each time from the right.
 * @see https://www.w3.org/TR/trace-context-2/#tracestate-limits
 */
export function fitTraceState(members: readonly string[]): readonly string[] {
  const kept = members.slice(0, MAX_MEMBERS);
  let length = kept.join(",").length;
  for (const longest of [LONG_MEMBER_LENGTH, 0]) {
    for (let index = kept.length - 1; index >= 0 && length > MAX_TRACESTATE_LENGTH; index--) {
      const size = kept[index]?.length ?? 0;
      if (size <= longest) continue;
      kept.splice(index, 1);
      length -= size + 1;
    }
  }
  return kept;
}
