/** W3C Trace Context, Level 2, as a propagator. */
import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "../suppression.ts";
import { combineHeaders } from "./text.ts";
import { FLAG_RANDOM, FLAG_SAMPLED, formatTraceParent, isSpanId, isTraceId, parseTraceParent } from "./trace-parent.ts";
import { readTraceState, W3CTraceState, writeTraceState } from "./trace-state.ts";

const TRACEPARENT = "traceparent";
const TRACESTATE = "tracestate";

/**
 * Reads and writes `traceparent` and `tracestate`.
 *
 * In: an invalid or repeated `traceparent` leaves the context as it is, so that a new trace starts, and `tracestate` is
 * not looked at; an invalid `tracestate` is dropped whole and does not affect the parent.
 * Out: nothing for an invalid span context, else a well-formed `traceparent`, and a `tracestate` only if it has members.
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

/**
 * A span context as `traceparent` carries it; `traceresponse` has the same form. `undefined` for one that is not valid.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values
 */
export function traceParentOf(spanContext: SpanContext): string | undefined {
  const { traceId, spanId } = spanContext;
  // The api's own check lets uppercase ids pass, which this header forbids.
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
  return formatTraceParent(traceId, spanId, flagsOf(spanContext));
}

/**
 * The flags to send. A remote context that is only passed on says itself what its caller sent. A span of ours does not:
 * the SDK's tracer writes 0 or 1 into its flags, whatever the parent had, and never sets the random flag on a root. For
 * it the trace state tells whether the caller left the random flag unset, in which case it must stay unset. Everything
 * else was started here, and the SDK draws all sixteen bytes of its ids at random, or continues a random id.
 * @see https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
function flagsOf({ isRemote, traceFlags, traceState }: SpanContext): number {
  if (isRemote === true) return traceFlags;
  const isRandom = !(traceState instanceof W3CTraceState) || traceState.hasRandomTraceId;
  return (traceFlags & FLAG_SAMPLED) | (isRandom ? FLAG_RANDOM : 0);
}

function single(values: string | readonly string[] | undefined): string | undefined {
  if (typeof values === "string" || values === undefined) return values;
  return values.length === 1 ? values[0] : undefined;
}

/**
 * Wraps a propagator of another format, whose remote parents say nothing of how their trace-ids were made: their
 * children must not be sent on with the random flag.
 */
export function withoutRandomFlag(propagator: TextMapPropagator): TextMapPropagator {
  return {
    inject: (context, carrier, setter) => propagator.inject(context, carrier, setter),
    fields: () => propagator.fields(),
    extract(context, carrier, getter) {
      const extracted = propagator.extract(context, carrier, getter);
      const spanContext = trace.getSpanContext(extracted);
      if (spanContext === undefined || spanContext === trace.getSpanContext(context)) return extracted;
      const traceState = readTraceState(spanContext.traceState?.serialize() ?? "", false);
      return trace.setSpanContext(extracted, { ...spanContext, ...(traceState && { traceState }) });
    },
  };
}
