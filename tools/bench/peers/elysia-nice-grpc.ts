/** The services with @elysia/opentelemetry (formerly @elysiajs/opentelemetry) and nice-grpc-opentelemetry. */
import { opentelemetry } from "@elysia/opentelemetry";
import { openTelemetryClientMiddleware, openTelemetryServerMiddleware } from "nice-grpc-opentelemetry";
import { replaceTelemetry } from "../telemetries/replace.ts";
import { createProcessors, reportMade, startProvider, untraced, withSpan } from "./provider.ts";

const isFront = process.env.FRONT_PORT !== undefined;
// Front's SDK is started by the Elysia plugin; back has no Elysia.
const provider = isFront ? undefined : startProvider("back");
const processors = isFront ? createProcessors() : [];

replaceTelemetry({
  main: {
    startTelemetry: () => ({
      serviceName: isFront ? "front" : "back",
      flush: async () => {},
      shutdown: async () => {
        await provider?.shutdown();
        await Promise.all(processors.map((processor) => processor.shutdown()));
        await reportMade();
      },
    }),
    createLogger: untraced.createLogger,
    withSpan,
  },
  http: {
    httpServerTelemetry: () => opentelemetry({ serviceName: "front", spanProcessors: processors }),
    ...untraced.http,
  },
  grpc: {
    grpcServerOptions: () => ({}),
    grpcServerTelemetry: openTelemetryServerMiddleware,
    grpcClientTelemetry: openTelemetryClientMiddleware,
  },
});
