/** W3C Trace Context, Level 2: the `traceparent` header, and the propagator that reads and writes it with `tracestate`. */
import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "../suppression.ts";
import { combineHeaders, trimBlanks } from "./carriers.ts";
import { readTraceState, W3CTraceState, writeTraceState } from "./trace-state.ts";

const TRACEPARENT = "traceparent";
const TRACESTATE = "tracestate";

/** `sampled`: the caller may have recorded this trace. */
const FLAG_SAMPLED = 0x01;
/** `random-trace-id`: the right-most seven bytes of the trace-id are random. New in Level 2. */
const FLAG_RANDOM = 0x02;
const KNOWN_FLAGS = FLAG_SAMPLED | FLAG_RANDOM;

/**
 * Reads and writes `traceparent` and `tracestate`.
 *
 * In: an invalid or repeated `traceparent` leaves the context as it is, so that a new trace starts, and `tracestate` is
 * not looked at. An invalid `tracestate` is dropped whole and does not affect the parent.
 * Out: nothing for an invalid span context; else a well-formed `traceparent`, and a `tracestate` only if it has members.
 * @see https://www.w3.org/TR/trace-context-2/
 */
export function createTraceContextPropagator(): TextMapPropagator {
  return { inject: injectTraceContext, extract: extractTraceContext, fields: () => [TRACEPARENT, TRACESTATE] };
}

function extractTraceContext<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
  const header = single(getter.get(carrier, TRACEPARENT));
  const parent = header === undefined ? undefined : parseTraceParent(header);
  if (parent === undefined) return context;
  const list = combineHeaders(getter.get(carrier, TRACESTATE));
  const traceState = readTraceState(list, (parent.traceFlags & FLAG_RANDOM) !== 0);
  const spanContext: SpanContext = { ...parent, isRemote: true };
  if (traceState !== undefined) spanContext.traceState = traceState;
  return trace.setSpanContext(context, spanContext);
}

function single(values: string | readonly string[] | undefined): string | undefined {
  if (typeof values === "string" || values === undefined) return values;
  return values.length === 1 ? values[0] : undefined;
}

function injectTraceContext<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
  const spanContext = trace.getSpanContext(context);
  if (spanContext === undefined || isTracingSuppressed(context)) return;
  const traceParent = traceParentOf(spanContext);
  if (traceParent === undefined) return;
  setter.set(carrier, TRACEPARENT, traceParent);
  const { traceState } = spanContext;
  const list = traceState === undefined ? "" : writeTraceState(traceState);
  if (list !== "") setter.set(carrier, TRACESTATE, list);
}

/** What a valid `traceparent` says. Flags that Level 2 does not know are already cleared. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
// A higher version may go on after a dash, but not beyond a comma: servers join repeated headers with one, and a request
// with two `traceparent` headers has no parent that could be trusted.
const TRACE_PARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])(-[^,]*)?$/;

/**
 * Reads one `traceparent` value. Returns `undefined` for anything that Level 2 says to ignore.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values
 * @see https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent
 */
export function parseTraceParent(header: string): TraceParent | undefined {
  const [, version, traceId, spanId, lowFlags, rest] = TRACE_PARENT.exec(trimBlanks(header)) ?? [];
  if (traceId === undefined || spanId === undefined || lowFlags === undefined) return undefined;
  if (version === "00" && rest !== undefined) return undefined;
  // The known flags are the two lowest bits, so the last digit holds them all.
  return { traceId, spanId, traceFlags: Number.parseInt(lowFlags, 16) & KNOWN_FLAGS };
}

/**
 * A span context as `traceparent` carries it; `traceresponse` has the same form. `undefined` for one that is not valid.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values
 */
export function traceParentOf(spanContext: SpanContext): string | undefined {
  const { traceId, spanId } = spanContext;
  // The api's own check accepts uppercase ids, which this header forbids.
  if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined;
  return `00-${traceId}-${spanId}-0${flagsOf(spanContext) & KNOWN_FLAGS}`;
}

/**
 * The flags to send. A remote context that is only passed on keeps what its caller sent. The flags of a span of
 * this process are not enough: the SDK's tracer writes 0 or 1, whatever the parent had, and never sets the random flag on
 * a root. For such a span the trace state says whether the caller left the random flag unset; then it must stay unset.
 * Every other trace was started here, with a random id.
 * @see https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
function flagsOf({ isRemote, traceFlags, traceState }: SpanContext): number {
  if (isRemote === true) return traceFlags;
  const isRandom = !(traceState instanceof W3CTraceState) || traceState.hasRandomTraceId;
  return (traceFlags & FLAG_SAMPLED) | (isRandom ? FLAG_RANDOM : 0);
}
