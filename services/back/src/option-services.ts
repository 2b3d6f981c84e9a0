/**
 * The dice service once for each option of a gRPC server, under a name of its own: `baton.lab.v1.SpanName`. So one call
 * shows in a trace what the option does. Only with LAB=1.
 */
import { DiceServiceDefinition } from "@baton/proto/baton/dice/v1";
import type { Telemetry } from "@baton/telemetry";
import { type GrpcServerTelemetryOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Server } from "nice-grpc";
import { type CallContext, type ServerMiddlewareCall, Status } from "nice-grpc-common";
import { createDice } from "./dice.ts";
import { createDiceService } from "./dice-service.ts";

const options: Readonly<Record<string, GrpcServerTelemetryOptions>> = {
  Plain: {},
  CapturedRequestMetadata: { capturedRequestMetadata: { include: ["x-dice-*"], exclude: ["x-dice-secret"] } },
  CapturedResponseMetadata: { capturedResponseMetadata: ["x-dice-region"] },
  CapturedTrailers: { capturedTrailers: ["x-dice-cost"] },
  SpanName: { spanName: (_call, name) => `v2 ${name}` },
  SpanKind: { spanKind: () => SpanKind.CONSUMER },
  SpanStatus: {
    spanStatus: ({ status }) => (status === Status.PERMISSION_DENIED ? { code: SpanStatusCode.ERROR } : undefined),
  },
  StartAttributes: { startAttributes: ({ method }) => ({ "dice.method": method.path }) },
  EndAttributes: { endAttributes: ({ status }) => ({ "dice.ok": status === Status.OK }) },
  TrustRestart: { trust: "restart" },
  TrustIgnore: { trust: "ignore" },
  Filter: { filter: () => false },
};

export function addOptionServices(
  server: Server,
  telemetry: Telemetry,
  captured: GrpcServerTelemetryOptions = {},
): void {
  const dice = createDiceService(createDice({ telemetry }));
  for (const [name, option] of Object.entries(options)) {
    server
      .with(grpcServerTelemetry(telemetry, { ...captured, ...option }))
      .with(sendMetadata)
      .add({ ...DiceServiceDefinition, fullName: `baton.lab.v1.${name}` }, dice);
  }
}

/** A header and a trailer that the options can capture. */
async function* sendMetadata<Request, Response>(call: ServerMiddlewareCall<Request, Response>, context: CallContext) {
  context.header.set("x-dice-region", "north");
  context.trailer.set("x-dice-cost", "3");
  return yield* call.next(call.request, context);
}
