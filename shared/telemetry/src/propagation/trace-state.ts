/** The `tracestate` header as an immutable value. `@opentelemetry/core`'s class keeps half of a bad list; this does not. */
import type { TraceState } from "@opentelemetry/api";
import { fitTraceState, isTraceStateKey, isTraceStateValue, normaliseTraceState } from "./trace-state-grammar.ts";

/**
 * A valid list of members, kept as the text that will be sent: most services only pass it on, so it is taken apart only
 * when somebody asks for a member.
 *
 * It also carries what the SDK would lose. A `SpanContext` has room for the random flag, but the SDK's tracer writes 0
 * or 1 into the flags of every span it makes, while it hands the parent's trace state to each child unchanged. So the
 * answer "the trace-id of this trace is not known to be random" travels here, whatever way the context takes through
 * the application, and the propagator reads it when it writes the flags.
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
    if (!isTraceStateKey(key) || !isTraceStateValue(value)) return this;
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

const EMPTY_NOT_RANDOM = new W3CTraceState("", false);

/**
 * The trace state to keep for a remote parent; `undefined` when there is nothing to keep.
 * @param header what `tracestate` said, all its headers combined; an invalid list counts as none
 * @param hasRandomTraceId whether the random flag was set beside it
 */
export function readTraceState(header: string, hasRandomTraceId: boolean): W3CTraceState | undefined {
  const text = header === "" ? "" : (normaliseTraceState(header) ?? "");
  if (text !== "") return new W3CTraceState(text, hasRandomTraceId);
  return hasRandomTraceId ? undefined : EMPTY_NOT_RANDOM;
}

/** What may be sent of any implementation's trace state; empty when that is nothing. */
export function writeTraceState(traceState: TraceState): string {
  if (traceState instanceof W3CTraceState) return traceState.serialize();
  return normaliseTraceState(traceState.serialize()) ?? "";
}
