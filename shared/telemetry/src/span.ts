/** Runs a function inside a span and records how it failed. */
import {
  type Attributes,
  context,
  type Link,
  type Span,
  type SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { endSpan } from "./guarded-tracer.ts";
import { ATTR_ERROR_TYPE } from "./semconv.ts";
import { followSettling } from "./settling.ts";
import type { Telemetry } from "./telemetry.ts";
import { errorType, exceptionOf, isAbort } from "./thrown.ts";

export interface WithSpanOptions {
  /** @default SpanKind.INTERNAL */
  readonly kind?: SpanKind;
  /** Attributes known at the start, so that a sampler sees them. @default none */
  readonly attributes?: Attributes;
  /** @default none */
  readonly links?: readonly Link[];
}

/**
 * Starts a span, makes it the active one while `work` runs (also across its awaits), and ends it once, however `work`
 * ends: a promise, or any other thenable such as a query builder, when it settles; an async generator when it has been
 * iterated to its end. What is lazy stays lazy: it starts inside the span when the caller awaits or iterates it. What
 * `work` throws is recorded and rethrown unchanged; an abort is not a failure.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#span-creation
 * @see https://opentelemetry.io/docs/specs/otel/trace/exceptions/
 */
export function withSpan<T>(telemetry: Telemetry, name: string, work: (span: Span) => T): T;
export function withSpan<T>(telemetry: Telemetry, name: string, options: WithSpanOptions, work: (span: Span) => T): T;
export function withSpan<T>(
  telemetry: Telemetry,
  name: string,
  optionsOrWork: WithSpanOptions | ((span: Span) => T),
  maybeWork?: (span: Span) => T,
): T {
  const options = typeof optionsOrWork === "function" ? NO_OPTIONS : optionsOrWork;
  const work = typeof optionsOrWork === "function" ? optionsOrWork : maybeWork;
  if (work === undefined) throw new TypeError(`withSpan("${name}"): the last argument must be the function to run`);

  const parent = context.active();
  if (!telemetry.enabled) return work(telemetry.tracer.startSpan(name, undefined, parent));
  // The SDK does not change the links, but its type does not say `readonly`.
  const span = telemetry.tracer.startSpan(name, options as SpanOptions, parent);
  const active = trace.setSpan(parent, span);
  let hasEnded = false;
  const end = (failure?: { readonly error: unknown }): void => {
    if (hasEnded) return;
    hasEnded = true;
    if (failure) recordFailure(span, failure.error);
    endSpan(span);
  };
  let returned: T;
  try {
    returned = context.with(active, work, undefined, span);
  } catch (error) {
    end({ error });
    throw error;
  }
  return followSettling(returned, { context: active, onSettled: end });
}

const NO_OPTIONS: WithSpanOptions = {};

/**
 * Marks a span as failed: the `exception` event, `error.type`, and status ERROR with the message as its description.
 * An abort that the caller asked for leaves the span as it is.
 */
export function recordFailure(span: Span, error: unknown): void {
  // A stack costs much to format, and would be thrown away.
  if (!span.isRecording() || isAbort(error)) return;
  const exception = exceptionOf(error);
  span.recordException(exception);
  span.setAttribute(ATTR_ERROR_TYPE, errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}
