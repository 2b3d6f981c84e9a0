/**
 * A propagator that reads which fault a request asks for, and makes the faults of front's outgoing headers. It writes an
 * entry into `tracestate`, as tracing vendors do, so that there is one to see and to lose.
 */
import {
  type Context,
  createContextKey,
  createTraceState,
  type SpanContext,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { FAULT_HEADER, faultsOf, hasFault, OTHER_PARENT_HEADER, withFaults } from "./fault-context.ts";

/** The `traceparent` of the span around the call, which a wrong back takes for its parent. */
export const SPAN_AROUND = createContextKey("lab span around the call");

/**
 * @param strict That of the service.
 * @param open One that passes on every key of the baggage.
 * @param standingFault The fault of requests that ask for none.
 */
export function createFaultyPropagator(
  strict: TextMapPropagator,
  open: TextMapPropagator,
  standingFault: () => string | undefined,
): TextMapPropagator {
  const propagatorOf = (context: Context) => (hasFault(context, "baggage-leak") ? open : strict);
  return {
    fields: () => strict.fields(),
    extract(context, carrier, getter) {
      const own = withFaults(context, getter.get(carrier, FAULT_HEADER) ?? standingFault());
      return propagatorOf(own).extract(own, carrier, getter);
    },
    inject(context, carrier, setter) {
      const has = (fault: string) => hasFault(context, fault);
      const span = trace.getSpanContext(context);
      const faults = faultsOf(context);
      if (faults !== undefined) setter.set(carrier, FAULT_HEADER, faults);
      if (!has("front-does-not-inject") && !has("b3")) {
        propagatorOf(context).inject(withTracestate(context, span), carrier, setter);
      }
      if (span === undefined) return;
      for (const [name, value] of Object.entries(wrongHeaders(has, span, context))) setter.set(carrier, name, value);
      if (has("malformed-twice")) append(carrier, "traceparent", `00-${span.traceId}-${span.spanId}-01`);
    },
  };
}

const TRACESTATE_KEY = "lab";

/** The own entry is the first one, with the id of the span that sends it. */
function withTracestate(context: Context, span: SpanContext | undefined): Context {
  if (span === undefined) return context;
  const traceState = (span.traceState ?? createTraceState()).set(TRACESTATE_KEY, span.spanId);
  return trace.setSpanContext(context, { ...span, traceState });
}

function wrongHeaders(has: (fault: string) => boolean, { traceId, spanId }: SpanContext, context: Context) {
  const headers: Record<string, string> = {};
  if (has("b3")) headers.b3 = `${traceId}-${spanId}-1`;
  if (has("malformed-uppercase")) headers.traceparent = `00-${traceId.toUpperCase()}-${spanId.toUpperCase()}-01`;
  if (has("malformed-short")) headers.traceparent = `00-${traceId.slice(16)}-${spanId}-01`;
  if (has("malformed-version-ff")) headers.traceparent = `ff-${traceId}-${spanId}-01`;
  const around = context.getValue(SPAN_AROUND);
  if (has("wrong-parent") && typeof around === "string") headers[OTHER_PARENT_HEADER] = around;
  return headers;
}

/** A setter replaces. `Headers` and gRPC metadata can hold a name twice; the headers of a message get both in one, as HTTP joins them. */
function append(carrier: unknown, name: string, value: string): void {
  const target = carrier as { append?(name: string, value: string): unknown } & Record<string, string>;
  if (target.append === undefined) target[name] = [target[name], value].join(",");
  else target.append(name, value);
}
