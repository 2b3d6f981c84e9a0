/** A tracer that never throws. A sampler, a span processor and an id generator are the user's, and may be mistaken. */
import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
  type UpDownCounter,
} from "@opentelemetry/api";
import { reportOnce } from "./hooks.ts";
import type { Telemetry } from "./telemetry.ts";

/** Where no span can be started, the caller's context travels on, and nothing is recorded. */
export function guardTracer(tracer: Tracer): Tracer {
  const startSpan = (name: string, options?: SpanOptions, parent: Context = context.active()): Span => {
    try {
      return tracer.startSpan(name, options, parent);
    } catch (error) {
      reportOnce("Tracer.startSpan", "the span is not recorded", error);
      return trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
    }
  };

  function startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const work = rest.pop() as F;
    const [options, parent = context.active()] = rest as [SpanOptions?, Context?];
    const span = startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), work as (span: Span) => ReturnType<F>, undefined, span);
  }
  return { startSpan, startActiveSpan };
}

/** Starts a span, and makes its attributes only where they are seen. */
export function startSpan(
  { tracer, attributesAtStart }: Pick<Telemetry, "tracer" | "attributesAtStart">,
  name: string,
  options: SpanOptions,
  parent: Context,
  attributesOf: () => Attributes,
): Span {
  if (attributesAtStart) return tracer.startSpan(name, { ...options, attributes: attributesOf() }, parent);
  const span = tracer.startSpan(name, options, parent);
  if (span.isRecording()) span.setAttributes(attributesOf());
  return span;
}

/** A span processor may throw here. */
export function endSpan(span: Span): void {
  try {
    span.end();
  } catch (error) {
    reportOnce("Span.end", "the span may be lost", error);
  }
}

/** An instrument of another SDK may throw, here and below. */
export function record(histogram: Histogram, value: number, attributes: Attributes, active: Context): void {
  try {
    histogram.record(value, attributes, active);
  } catch (error) {
    reportOnce("Histogram.record", "the value is not counted", error);
  }
}

export function add(counter: UpDownCounter, value: number, attributes: Attributes, active: Context): void {
  try {
    counter.add(value, attributes, active);
  } catch (error) {
    reportOnce("UpDownCounter.add", "the value is not counted", error);
  }
}
