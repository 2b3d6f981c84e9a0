/** The tracer of this package: the SDK's, and a short way for spans of which it is known beforehand that they are dropped. */
import {
  type Context,
  context,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TraceState,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import type { IdGenerator } from "@opentelemetry/sdk-trace-base";
import type { SamplerName } from "./config/types.ts";

export interface LeanTracerOptions {
  readonly tracer: Tracer;
  readonly drops: (parent: Context) => boolean;
  readonly idGenerator: IdGenerator;
  /** Told of each span that the SDK is not asked for. */
  readonly onDropped: (parent: Context) => void;
}

/**
 * Is a span below this parent dropped, whatever it is about? False also where only the sampler knows.
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampler
 */
export function createDropTest(sampler: SamplerName): (parent: Context) => boolean {
  if (sampler === "always_off") return () => true;
  if (!sampler.startsWith("parentbased_")) return () => false;
  return (parent) => {
    const caller = trace.getSpanContext(parent);
    if (caller === undefined) return sampler === "parentbased_always_off";
    return (caller.traceFlags & TraceFlags.SAMPLED) === 0 && isValid(caller);
  };
}

export function createLeanTracer({ tracer, drops, idGenerator, onDropped }: LeanTracerOptions): Tracer {
  return {
    startSpan: (name: string, options: SpanOptions = {}, parent: Context = context.active()): Span => {
      if (options.root === true || isTracingSuppressed(parent) || !drops(parent)) {
        return tracer.startSpan(name, options, parent);
      }
      onDropped(parent);
      return trace.wrapSpanContext(new DroppedSpanContext(trace.getSpanContext(parent), idGenerator));
    },
    startActiveSpan: tracer.startActiveSpan.bind(tracer),
  };
}

/**
 * What the SDK makes of a span that its sampler drops: an id of its own, in the caller's trace or in a new one, to be
 * passed on. A class, so that its children need not look at its ids again.
 */
class DroppedSpanContext implements SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags = TraceFlags.NONE;
  readonly traceState?: TraceState;

  constructor(parent: SpanContext | undefined, { generateTraceId, generateSpanId }: IdGenerator) {
    const isChild = parent !== undefined && isValid(parent);
    this.traceId = isChild ? parent.traceId : generateTraceId();
    this.spanId = generateSpanId();
    if (isChild && parent.traceState !== undefined) this.traceState = parent.traceState;
  }
}

function isValid(spanContext: SpanContext): boolean {
  return spanContext instanceof DroppedSpanContext || isSpanContextValid(spanContext);
}
