/**
 * The lab of front: it captures the headers that carry a trace, and makes faults. Loaded only with `LAB=1`; nothing of it
 * is in @baton/telemetry.
 */
import { startTelemetry, type Telemetry } from "@baton/telemetry";
import type { GrpcClientTelemetryOptions } from "@baton/telemetry/grpc";
import type { HttpClientTelemetryOptions, HttpServerTelemetryOptions, MessageCarrier } from "@baton/telemetry/http";
import { trace } from "@opentelemetry/api";
import type { DiceClient } from "../dice-client.ts";
import { capturedOf } from "./captured-fields.ts";
import { readLabConfig } from "./config.ts";
import { createFaultyDice } from "./faulty-dice.ts";
import { createFaultyPropagator } from "./propagation.ts";
import { inProcess } from "./queue/in-process.ts";
import { createQueue } from "./queue/queue.ts";
import { labRoutes } from "./routes.ts";

/** The headers that are put on spans. None of them holds a secret, as long as baggage does not. */
const requestHeaders = ["traceparent", "tracestate", "baggage", "grpc-timeout", "b3"];
const responseHeaders = ["traceresponse"];

export interface FrontLab {
  readonly httpServer: HttpServerTelemetryOptions;
  readonly httpClient: HttpClientTelemetryOptions;
  readonly grpcClient: GrpcClientTelemetryOptions;
  readonly routes: ReturnType<typeof labRoutes>;
  /** @param connect Makes a client like the given one, for another address. */
  wrapDice(dice: DiceClient, connect: (address: string) => DiceClient): DiceClient;
  /** Puts the fields of a message that carry a trace on the active span, so that the wire can show them. */
  captureCarrier(carrier: MessageCarrier): void;
  /** One sentence for each variable of the lab that is invalid. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** @returns The lab, and the telemetry that makes its faults. */
export async function createFrontLab<T extends Telemetry>(
  started: T,
  env: Readonly<Record<string, string | undefined>>,
) {
  const { strangerUrl, kafkaBrokers, problems } = readLabConfig(env);
  let standing: string | undefined;
  // Without an SDK it still passes the context on, and it has no list of keys that may leave.
  const open = startTelemetry({
    serviceName: "front",
    register: false,
    env: { OTEL_SDK_DISABLED: "true" },
    onReport: () => {},
  });
  const telemetry: T = {
    ...started,
    propagator: createFaultyPropagator(started.propagator, open.propagator, () => standing),
  };
  const broker = kafkaBrokers.length === 0 ? inProcess : (await import("./queue/kafka.ts")).kafka(kafkaBrokers);
  const queue = createQueue(telemetry, broker);
  const http = { capturedRequestHeaders: requestHeaders, capturedResponseHeaders: responseHeaders };
  const lab: FrontLab = {
    httpServer: http,
    httpClient: http,
    grpcClient: { capturedRequestMetadata: requestHeaders, capturedResponseMetadata: responseHeaders },
    routes: labRoutes({
      telemetry,
      fetchOptions: http,
      strangerUrl,
      queue,
      fault: {
        get: () => standing,
        set: (fault) => {
          standing = fault;
        },
      },
    }),
    wrapDice: createFaultyDice,
    problems,
    close: queue.close,
    captureCarrier: (carrier) => trace.getActiveSpan()?.setAttributes(capturedOf(carrier)),
  };
  return { telemetry, lab };
}
