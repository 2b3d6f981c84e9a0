/** nice-grpc client middleware: one CLIENT span for each call of any kind, retries included. */
import { type Attributes, context, SpanKind } from "@opentelemetry/api";
import {
  type CallOptions,
  ClientError,
  type ClientMiddleware,
  type ClientMiddlewareCall,
  Metadata,
  Status,
} from "nice-grpc-common";
import { createDurationHistogram } from "../durations.ts";
import { callHook } from "../hooks.ts";
import { ATTR_RPC_RESPONSE_HEADER, ATTR_RPC_RESPONSE_TRAILER, METRIC_RPC_CLIENT_CALL_DURATION } from "../semconv.ts";
import { isAbort } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { metadataAttributes, targetAttributes } from "./attributes.ts";
import { type CallSide, CallSpan, type CallSpanEnd } from "./call-span.ts";
import { createMethodBook } from "./methods.ts";
import { type CallEnd, observeGenerator } from "./observe-generator.ts";
import { type GrpcCallStart, type GrpcClientTelemetryOptions, isApplicationCall } from "./options.ts";
import { SentMetadata, sentMetadataSetter } from "./sent-metadata.ts";

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
  const durations = createDurationHistogram(
    telemetry.meter,
    METRIC_RPC_CLIENT_CALL_DURATION,
    "Duration of an outbound remote procedure call.",
  );
  const { filter = isApplicationCall, target } = options;
  const serverAttributes = target === undefined ? {} : targetAttributes(target);
  const methodOf = createMethodBook(serverAttributes);
  const side: CallSide = { name: "client", telemetry, options, durations, methodOf };

  return <Request, Response>(call: ClientMiddlewareCall<Request, Response>, callOptions: CallOptions) => {
    const start: GrpcCallStart = { method: call.method, metadata: callOptions.metadata ?? Metadata() };
    if (!callHook("grpc client filter", () => filter(start), true)) return call.next(call.request, callOptions);
    return observeGenerator<Response, Response | void>(() => {
      const span = new CallSpan(side, start, { kind: SpanKind.CLIENT, parent: context.active() });
      const metadata = new SentMetadata(callOptions.metadata);
      telemetry.propagator.inject(span.context, metadata, sentMetadataSetter);
      const sent = watchResponse(span, { ...callOptions, metadata }, options);
      return {
        generator: call.next(call.request, sent),
        context: span.context,
        end: (end) => span.finish(outcome(end)),
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

/** Has the listed keys of header and trailer put on the span. Without a list the options go on as they are. */
function watchResponse(
  { span }: CallSpan,
  sent: CallOptions,
  { capturedResponseMetadata = [], capturedTrailers = [] }: GrpcClientTelemetryOptions,
): CallOptions {
  const capture =
    (keys: readonly string[], attributeName: (key: string) => string, tellUser?: (metadata: Metadata) => void) =>
    (metadata: Metadata): void => {
      const attributes: Attributes = metadataAttributes(metadata, keys, attributeName);
      span.setAttributes(attributes);
      tellUser?.(metadata);
    };
  if (capturedResponseMetadata.length > 0) {
    sent.onHeader = capture(capturedResponseMetadata, ATTR_RPC_RESPONSE_HEADER, sent.onHeader);
  }
  if (capturedTrailers.length > 0) {
    sent.onTrailer = capture(capturedTrailers, ATTR_RPC_RESPONSE_TRAILER, sent.onTrailer);
  }
  return sent;
}
