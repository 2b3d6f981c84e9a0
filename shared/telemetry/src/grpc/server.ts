/** nice-grpc server middleware: one SERVER span for each call of any kind. */
import { SpanKind } from "@opentelemetry/api";
import {
  type CallContext,
  ServerError,
  type ServerMiddleware,
  type ServerMiddlewareCall,
  Status,
} from "nice-grpc-common";
import { guardHook } from "../hooks.ts";
import { extractContext, metadataGetter } from "../propagation/index.ts";
import type { Telemetry } from "../telemetry.ts";
import { isAbort } from "../thrown.ts";
import { hostAttributes, metadataEntries, peerAttributes } from "./attributes.ts";
import { type CallSide, CallSpan, type CallSpanEnd, createCallSide } from "./call-span.ts";
import { takeContextOfCaller } from "./disabled.ts";
import type { GrpcCallStart, GrpcServerTelemetryOptions } from "./options.ts";
import { activeInterceptedCall } from "./server-interceptor.ts";
import { observeStream, type StreamEnd } from "./stream.ts";

/**
 * Makes a middleware that joins the caller's trace, starts a SERVER span and runs the method inside it. The span ends
 * when the status is sent, or when the caller cancelled or ran out of time, whichever is first.
 *
 * Attach it first. Give `grpcServerOptions()` to `createServer()` too, so that the span knows the status that was sent.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export function grpcServerTelemetry(telemetry: Telemetry, options: GrpcServerTelemetryOptions = {}): ServerMiddleware {
  if (!telemetry.enabled) return takeContextOfCaller(telemetry, options);
  const side = createCallSide("server", telemetry, options);
  const { propagator } = telemetry;
  const spanKind = guardHook("grpc server spanKind", options.spanKind, () => SpanKind.SERVER);

  return <Request, Response>(call: ServerMiddlewareCall<Request, Response>, callContext: CallContext) => {
    const start: GrpcCallStart = { method: call.method, metadata: callContext.metadata };
    if (!side.hooks.filter(start)) return call.next(call.request, callContext);
    const intercepted = activeInterceptedCall();
    return observeStream<Response, Response | void>(() => {
      const { peer, metadata } = callContext;
      const { context: parent, links } = extractContext(propagator, metadata, metadataGetter, options.trust);
      // The authority is not on the metric: a caller may write any, and each would be a series of its own.
      const attributesOf = () => ({ ...peerAttributes(peer), ...hostAttributes(intercepted?.authority ?? "") });
      const span = new CallSpan(side, start, { kind: spanKind(start), parent, links, attributesOf });
      let ofMethod: Omit<CallSpanEnd, "status"> = {};
      intercepted?.whenEnded((sent) => span.end({ ...ofMethod, ...sent }));
      if (intercepted === undefined) endOnAbort(span, callContext.signal);
      return {
        generator: call.next(call.request, callContext),
        context: span.context,
        end: (end) => {
          const outcome = withCaptured(outcomeOf(end), side, callContext);
          ofMethod = outcome;
          if (intercepted === undefined) span.end(outcome);
        },
      };
    });
  };
}

/** For a server without the interceptor. */
function endOnAbort(span: CallSpan, signal: AbortSignal): void {
  const onAbort = () => span.end({ status: Status.CANCELLED });
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
}

/** The status that nice-grpc sends for the end of the method. */
function outcomeOf(end: StreamEnd): CallSpanEnd {
  if (end.how === "returned") return { status: Status.OK };
  if (end.how === "stopped") return { status: Status.CANCELLED };
  const { error } = end;
  if (error instanceof ServerError) return { status: error.code, error };
  if (isAbort(error)) return { status: Status.CANCELLED, error };
  // nice-grpc answers anything else with UNKNOWN and does not send the message.
  return { status: Status.UNKNOWN, error, unexpected: true };
}

function withCaptured(end: CallSpanEnd, { captured }: CallSide, { header, trailer }: CallContext): CallSpanEnd {
  if (captured.header === undefined && captured.trailer === undefined) return end;
  const attributes = { ...captured.header?.(metadataEntries(header)), ...captured.trailer?.(metadataEntries(trailer)) };
  return { ...end, attributes };
}
