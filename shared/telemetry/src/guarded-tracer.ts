/** A tracer that never throws. A sampler, a span processor and an id generator are the user's, and may be mistaken. */
import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { callHook } from "./hooks.ts";

/** Where no span can be started, the caller's context travels on, and nothing is recorded. */
export function guardTracer(tracer: Tracer): Tracer {
  const startSpan = (name: string, options?: SpanOptions, parent: Context = context.active()): Span =>
    callHook("Tracer.startSpan", () => tracer.startSpan(name, options, parent), [], undefined) ??
    trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);

  function startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const work = rest.pop() as F;
    const [options, parent = context.active()] = rest as [SpanOptions?, Context?];
    const span = startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), work as (span: Span) => ReturnType<F>, undefined, span);
  }
  return { startSpan, startActiveSpan };
}

/** A span processor may throw here. */
export function endSpan(span: Span): void {
  callHook("SpanProcessor.onEnd", () => span.end(), [], undefined);
}
