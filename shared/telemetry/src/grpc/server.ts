/** nice-grpc server middleware: one SERVER span for each call of any kind. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import {
  type CallContext,
  ServerError,
  type ServerMiddleware,
  type ServerMiddlewareCall,
  Status,
} from "nice-grpc-common";
import { createDurationHistogram } from "../durations.ts";
import { callHook } from "../hooks.ts";
import { extractContext, metadataGetter } from "../propagation/index.ts";
import { ATTR_RPC_RESPONSE_HEADER, ATTR_RPC_RESPONSE_TRAILER, METRIC_RPC_SERVER_CALL_DURATION } from "../semconv.ts";
import { isAbort } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { hostAttributes, metadataAttributes, peerAttributes } from "./attributes.ts";
import { activeCallFacts, type CallFacts, ranOutOfTime } from "./call-facts.ts";
import { type CallSide, CallSpan, type CallSpanEnd } from "./call-span.ts";
import { createMethodBook } from "./methods.ts";
import { type CallEnd, observeGenerator } from "./observe-generator.ts";
import { type GrpcCallStart, type GrpcServerTelemetryOptions, isApplicationCall } from "./options.ts";

/**
 * Makes a middleware that joins the caller's trace, opens a SERVER span, runs the method inside it and ends it once:
 * when the method is done, or when the caller cancelled or ran out of time, whichever is first.
 *
 * Attach it first. Give `grpcServerOptions()` to `createServer()` too, so that a deadline is told from a cancel.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export function grpcServerTelemetry(telemetry: Telemetry, options: GrpcServerTelemetryOptions = {}): ServerMiddleware {
  const durations = createDurationHistogram(
    telemetry.meter,
    METRIC_RPC_SERVER_CALL_DURATION,
    "Duration of an inbound remote procedure call.",
  );
  // The authority is whatever a caller wrote, so on the metric it would let anybody make series without end.
  const side: CallSide = { name: "server", telemetry, options, durations, methodOf: createMethodBook({}) };
  const { filter = isApplicationCall } = options;

  return <Request, Response>(call: ServerMiddlewareCall<Request, Response>, callContext: CallContext) => {
    const start: GrpcCallStart = { method: call.method, metadata: callContext.metadata };
    const facts = activeCallFacts();
    if (!callHook("grpc server filter", () => filter(start), true)) return call.next(call.request, callContext);
    return observeGenerator<Response, Response | void>(() => {
      const span = startServerSpan(side, start, callContext, facts, options);
      const stop = () => span.finish(endedFromOutside(facts));
      if (callContext.signal.aborted) stop();
      // The signal tells it too, but a listener on it costs more than all the rest of this function.
      else if (!facts.watch(stop)) callContext.signal.addEventListener("abort", stop, { once: true });
      return {
        generator: call.next(call.request, callContext),
        context: span.context,
        end: (end) => span.finish(withCaptured(outcome(end, callContext, facts), callContext, options)),
      };
    });
  };
}

function startServerSpan(
  side: CallSide,
  start: GrpcCallStart,
  { metadata, peer }: CallContext,
  facts: CallFacts,
  { spanKind, trust = "continue" }: GrpcServerTelemetryOptions,
): CallSpan {
  const caller = extractContext(side.telemetry.propagator, metadata, metadataGetter, { trust });
  return new CallSpan(side, start, {
    kind: spanKind ? callHook("grpc server spanKind", () => spanKind(start), SpanKind.SERVER) : SpanKind.SERVER,
    parent: caller.context,
    links: caller.links,
    attributes: () => serverAttributes(facts.authority, peer),
  });
}

function serverAttributes(authority: string | undefined, peer: string): Attributes {
  const host = authority === undefined ? undefined : hostAttributes(authority);
  return host === undefined ? peerAttributes(peer) : Object.assign({}, peerAttributes(peer), host);
}

/** What the caller saw. It cancelled or its time was up: then that is what it saw, whatever the method did since. */
function outcome(end: CallEnd, { signal }: CallContext, facts: CallFacts): CallSpanEnd {
  if (signal.aborted || end.how === "stopped") return endedFromOutside(facts);
  if (end.how === "returned") return SUCCEEDED;
  const { error } = end;
  if (error instanceof ServerError) return { status: error.code, error };
  if (isAbort(error)) return { status: Status.CANCELLED, error };
  // nice-grpc answers anything else with UNKNOWN and keeps the message to itself.
  return { status: Status.UNKNOWN, error, unexpected: true };
}

const SUCCEEDED: CallSpanEnd = { status: Status.OK };

function endedFromOutside(facts: CallFacts): CallSpanEnd {
  return { status: ranOutOfTime(facts, Date.now()) ? Status.DEADLINE_EXCEEDED : Status.CANCELLED };
}

function withCaptured(
  end: CallSpanEnd,
  { header, trailer }: CallContext,
  { capturedResponseMetadata, capturedTrailers }: GrpcServerTelemetryOptions,
): CallSpanEnd {
  if (capturedResponseMetadata === undefined && capturedTrailers === undefined) return end;
  const attributes = {
    ...metadataAttributes(header, capturedResponseMetadata ?? [], ATTR_RPC_RESPONSE_HEADER),
    ...metadataAttributes(trailer, capturedTrailers ?? [], ATTR_RPC_RESPONSE_TRAILER),
  };
  return { ...end, attributes };
}
