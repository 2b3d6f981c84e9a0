/** nice-grpc client middleware: one CLIENT span for each call of any kind, retries included. */
import { context, SpanKind } from "@opentelemetry/api";
import {
  type CallOptions,
  ClientError,
  type ClientMiddleware,
  type ClientMiddlewareCall,
  Metadata,
  Status,
} from "nice-grpc-common";
import type { HeaderCapture } from "../captured-headers.ts";
import { metadataSetter } from "../propagation/index.ts";
import type { Telemetry } from "../telemetry.ts";
import { isAbort } from "../thrown.ts";
import { metadataEntries, targetAttributes } from "./attributes.ts";
import { CallSpan, type CallSpanEnd, createCallSide } from "./call-span.ts";
import { passContextToServer } from "./disabled.ts";
import type { GrpcCallStart, GrpcClientTelemetryOptions } from "./options.ts";
import { observeStream, type StreamEnd } from "./stream.ts";

/**
 * Makes a middleware that starts a CLIENT span around the logical call and writes the trace into the metadata.
 *
 * Attach it last: nice-grpc runs the middleware attached last outermost, and the span is to cover deadline and retries.
 * A caller that cancels sees CANCELLED, whatever the reason of its signal is, and that is an error by the conventions.
 * A caller that only stops reading receives no status. Its span has CANCELLED and is not an error.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export function grpcClientTelemetry(telemetry: Telemetry, options: GrpcClientTelemetryOptions = {}): ClientMiddleware {
  if (!telemetry.enabled) return passContextToServer(telemetry);
  const { target } = options;
  const side = createCallSide("client", telemetry, options, target === undefined ? {} : targetAttributes(target));
  const { captured } = side;

  return <Request, Response>(call: ClientMiddlewareCall<Request, Response>, callOptions: CallOptions) => {
    // A copy: the keys of the trace must not show in what the caller passed.
    const metadata = Metadata(callOptions.metadata);
    const start: GrpcCallStart = { method: call.method, metadata };
    if (!side.hooks.filter(start)) return call.next(call.request, callOptions);
    return observeStream<Response, Response | void>(() => {
      const span = new CallSpan(side, start, { kind: SpanKind.CLIENT, parent: context.active() });
      telemetry.propagator.inject(span.context, metadata, metadataSetter);
      span.captureSent(metadata);
      const sent: CallOptions = { ...callOptions, metadata };
      // nice-grpc converts metadata only for those who listen.
      if (captured.header) sent.onHeader = captureInto(span, captured.header, callOptions.onHeader);
      if (captured.trailer) sent.onTrailer = captureInto(span, captured.trailer, callOptions.onTrailer);
      const stopListening = call.responseStream ? endOnAbort(span, callOptions.signal) : undefined;
      return {
        generator: call.next(call.request, sent),
        context: span.context,
        end: (end) => {
          stopListening?.();
          span.end(outcomeOf(end, callOptions.signal));
        },
      };
    });
  };
}

/**
 * Ends the span of a stream whose signal aborts while it is not read: then no step of the stream reports the end. A
 * single response is always waited for, so only streams need this.
 *
 * @returns A function that removes the listener, because a signal may live longer than its calls.
 */
function endOnAbort(span: CallSpan, signal: AbortSignal | undefined): () => void {
  const onAbort = () => span.end({ status: Status.CANCELLED, error: signal?.reason });
  signal?.addEventListener("abort", onAbort, { once: true });
  return () => signal?.removeEventListener("abort", onAbort);
}

function outcomeOf(end: StreamEnd, signal: AbortSignal | undefined): CallSpanEnd {
  if (end.how === "returned") return { status: Status.OK };
  if (end.how === "stopped") return { status: Status.CANCELLED, stoppedReading: true };
  const { error } = end;
  // An aborted call throws the reason of its signal, which may be anything, even the error of another call.
  const isReason = signal?.aborted === true && error === signal.reason;
  if (error instanceof ClientError && !isReason) return { status: error.code, error };
  if (signal?.aborted || isAbort(error)) return { status: Status.CANCELLED, error };
  return { status: Status.UNKNOWN, error, unexpected: true };
}

/** Puts the wanted keys on the span, then calls the listener of the user. */
function captureInto(
  { span }: CallSpan,
  capture: HeaderCapture,
  listener: ((metadata: Metadata) => void) | undefined,
): (metadata: Metadata) => void {
  return (metadata) => {
    span.setAttributes(capture(metadataEntries(metadata)));
    listener?.(metadata);
  };
}
