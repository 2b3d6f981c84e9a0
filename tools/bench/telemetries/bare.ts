/** The services without telemetry: every other variant is compared with this one. */
import { Elysia } from "elysia";
import { replaceTelemetry } from "./replace.ts";

const span = { setAttribute: () => span, setAttributes: () => span, addEvent: () => span };
const telemetry = { serviceName: "bare", flush: async () => {}, shutdown: async () => {} };
type Call = { readonly next: (request: unknown, context: unknown) => unknown; readonly request: unknown };
const passOn = () => (call: Call, context: unknown) => call.next(call.request, context);

replaceTelemetry({
  main: {
    startTelemetry: () => telemetry,
    createLogger: () => ({ info: () => {}, warn: () => {}, error: console.error }),
    withSpan: (_telemetry: unknown, _name: string, ...rest: unknown[]) =>
      (rest.at(-1) as (s: unknown) => unknown)(span),
  },
  http: {
    httpServerTelemetry: () => new Elysia(),
    tracedFetch: () => fetch,
    webSocketMessage: (_telemetry: unknown, handle: unknown) => handle,
    inHandshakeContext: (handle: unknown) => handle,
  },
  grpc: { grpcServerOptions: () => ({}), grpcServerTelemetry: passOn, grpcClientTelemetry: passOn },
});
