/** nice-grpc client middleware: one CLIENT span for each call of any kind, retries included. */
import { type Attributes, context, SpanKind } from "@opentelemetry/api";
import { METRIC_RPC_CLIENT_CALL_DURATION } from "@opentelemetry/semantic-conventions";
import {
  type CallOptions,
  ClientError,
  type ClientMiddleware,
  type ClientMiddlewareCall,
  Metadata,
  Status,
} from "nice-grpc-common";
import { callHook } from "../hooks.ts";
import { createDurationHistogram } from "../metrics.ts";
import { metadataSetter } from "../propagation/index.ts";
import { ATTR_RPC_RESPONSE_HEADER, ATTR_RPC_RESPONSE_TRAILER } from "../semconv.ts";
import { isAbort } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { metadataAttributes, targetAttributes } from "./attributes.ts";
import { type CallSide, type CallSpan, type CallSpanEnd, startCallSpan } from "./call-span.ts";
import { type CallEnd, observeGenerator } from "./observe-generator.ts";
import { type GrpcCallStart, type GrpcClientTelemetryOptions, isApplicationCall } from "./options.ts";

/**
 * Makes a middleware that opens a CLIENT span around the logical call and sends the trace along in the metadata.
 *
 * Attach it last: nice-grpc runs the middleware attached last outermost, and the span is to cover deadline and retries.
 * A caller that cancels sees CANCELLED, which is an error by the conventions; one that only stops reading was never
 * told a status, so its span says CANCELLED without being an error.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export function grpcClientTelemetry(telemetry: Telemetry, options: GrpcClientTelemetryOptions = {}): ClientMiddleware {
  const side: CallSide = {
    name: "client",
    telemetry,
    options,
    duration: createDurationHistogram(
      telemetry.meter,
      METRIC_RPC_CLIENT_CALL_DURATION,
      "Duration of an outbound remote procedure call.",
    ),
  };
  const { filter = isApplicationCall, target } = options;
  const serverAttributes = target === undefined ? {} : targetAttributes(target);

  return <Request, Response>(call: ClientMiddlewareCall<Request, Response>, callOptions: CallOptions) => {
    const start: GrpcCallStart = { method: call.method, metadata: callOptions.metadata ?? Metadata() };
    if (!callHook("grpc client filter", () => filter(start), true)) return call.next(call.request, callOptions);
    return observeGenerator<Response, Response | void>(() => {
      const parent = context.active();
      const callSpan = startCallSpan(side, start, {
        kind: SpanKind.CLIENT,
        parent,
        attributes: serverAttributes,
        metricAttributes: serverAttributes,
      });
      const metadata = Metadata(start.metadata);
      telemetry.propagator.inject(callSpan.context, metadata, metadataSetter);
      const sent = watchResponse(callSpan, { ...callOptions, metadata }, options);
      return {
        generator: call.next(call.request, sent),
        context: callSpan.context,
        end: (end) => callSpan.end(outcome(end)),
      };
    });
  };
}

function outcome(end: CallEnd): CallSpanEnd {
  if (end.how === "returned") return { status: Status.OK };
  if (end.how === "stopped") return { status: Status.CANCELLED, untold: true };
  const { error } = end;
  if (error instanceof ClientError) return { status: error.code, error };
  if (isAbort(error)) return { status: Status.CANCELLED };
  return { status: Status.UNKNOWN, error, unexpected: true };
}

/** Puts the listed keys of header and trailer on the span. Without a list the options go on as they came. */
function watchResponse(
  { span }: CallSpan,
  callOptions: CallOptions,
  { capturedResponseMetadata = [], capturedTrailers = [] }: GrpcClientTelemetryOptions,
): CallOptions {
  const capture =
    (keys: readonly string[], attributeName: (key: string) => string, tellUser?: (metadata: Metadata) => void) =>
    (metadata: Metadata): void => {
      const attributes: Attributes = metadataAttributes(metadata, keys, attributeName);
      span.setAttributes(attributes);
      tellUser?.(metadata);
    };
  const watched: CallOptions = { ...callOptions };
  if (capturedResponseMetadata.length > 0) {
    watched.onHeader = capture(capturedResponseMetadata, ATTR_RPC_RESPONSE_HEADER, callOptions.onHeader);
  }
  if (capturedTrailers.length > 0) {
    watched.onTrailer = capture(capturedTrailers, ATTR_RPC_RESPONSE_TRAILER, callOptions.onTrailer);
  }
  return watched;
}
