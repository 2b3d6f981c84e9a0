/**
 * The lab of back: it captures the headers that carry a trace, answers with `traceresponse`, and makes faults. Loaded
 * only with `LAB=1`; nothing of it is in @baton/telemetry.
 */
import type { startTelemetry } from "@baton/telemetry";
import { type GrpcServerTelemetryOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { context, defaultTextMapSetter, trace } from "@opentelemetry/api";
import type { CallContext, ServerMiddlewareCall } from "nice-grpc-common";
import type { Dice } from "../dice.ts";
import { hasFault } from "./fault-context.ts";
import { createFaultyTracer } from "./faulty-tracer.ts";
import { createFaultyPropagator } from "./propagation.ts";

type Started = ReturnType<typeof startTelemetry>;

/** The metadata that is put on spans. None of it holds a secret, as long as baggage does not. */
const requestKeys = ["traceparent", "tracestate", "baggage", "grpc-timeout", "b3"];

export interface BackLab {
  readonly grpcServer: GrpcServerTelemetryOptions;
  /** Runs inside the telemetry's own. */
  readonly middleware: ReturnType<typeof labMiddleware>;
  wrapDice(dice: Dice): Dice;
}

/** @returns The lab, and the telemetry that makes its faults. */
export function createBackLab(started: Started, options: Parameters<typeof startTelemetry>[0]) {
  const tracer = createFaultyTracer(started.tracer, options);
  const telemetry: Started = {
    ...started,
    tracer,
    propagator: createFaultyPropagator(started.propagator),
    async shutdown() {
      await Promise.all([tracer.shutdown(), started.shutdown()]);
    },
  };
  const lab: BackLab = {
    grpcServer: { capturedRequestMetadata: requestKeys, capturedResponseMetadata: ["traceresponse"] },
    middleware: labMiddleware(telemetry),
    wrapDice: (dice) => ({
      roll(request, signal) {
        const roll = () => dice.roll(request, signal);
        if (!hasFault(context.active(), "span-never-ended")) return roll();
        const span = telemetry.tracer.startSpan("keep score");
        return context.with(trace.setSpan(context.active(), span), roll);
      },
    }),
  };
  return { telemetry, lab };
}

/** Answers with `traceresponse`, as HTTP services do, and instruments some calls a second time. */
function labMiddleware(telemetry: Started) {
  const again = grpcServerTelemetry(telemetry);
  return async function* labMiddlewareOf<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    callContext: CallContext,
  ) {
    const sent: Record<string, string> = {};
    telemetry.propagator.inject(context.active(), sent, defaultTextMapSetter);
    if (sent.traceparent !== undefined) callContext.header.set("traceresponse", sent.traceparent);
    if (hasFault(context.active(), "double-instrumentation")) return yield* again(call, callContext);
    return yield* call.next(call.request, callContext);
  };
}
