/** HTTP in and gRPC in: raw requests to our server. Its handler answers with the headers that it would send on. */

import type { Telemetry } from "@baton/telemetry";
import { type GrpcServerTelemetryOptions, grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { type HttpServerTelemetryOptions, httpServerTelemetry } from "@baton/telemetry/http";
import { jsonMethod } from "@baton/tools/conformance/json-method";
import { context, defaultTextMapSetter } from "@opentelemetry/api";
import { Elysia } from "elysia";
import { createServer } from "nice-grpc";
import { connectRawGrpc } from "../support/raw-grpc.ts";
import { rawRequest } from "../support/raw-http.ts";
import type { Boundary } from "./boundary.ts";

export function startHttpIn(telemetry: Telemetry, options?: HttpServerTelemetryOptions): Boundary {
  const app = new Elysia()
    .use(httpServerTelemetry(telemetry, options))
    .get("/", () => outgoingHeaders(telemetry))
    .listen({ port: 0, hostname: "127.0.0.1" });
  return {
    name: "HTTP in",
    protocol: "http",
    async pass(headers) {
      const { status, body } = await rawRequest(app.server?.port ?? 0, "GET /", headers);
      if (status !== 200) throw new Error(`HTTP ${status}`);
      return Object.entries(JSON.parse(body));
    },
    stop: async () => {
      await app.stop(true);
    },
  };
}

const PATH = "/baton.conformance.v1.Mirror/Look";

export async function startGrpcIn(telemetry: Telemetry, options?: GrpcServerTelemetryOptions): Promise<Boundary> {
  const server = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry, options));
  server.add(
    { look: jsonMethod<object, Record<string, string>>(PATH) },
    { look: async () => outgoingHeaders(telemetry) },
  );
  const client = connectRawGrpc(await server.listen("127.0.0.1:0"));
  return {
    name: "gRPC in",
    protocol: "grpc",
    async pass(headers) {
      const { status, message } = await client.call(PATH, headers, "{}");
      if (status !== "0") throw new Error(`gRPC status ${status}`);
      return Object.entries(JSON.parse(message));
    },
    stop: async () => {
      client.stop();
      await server.shutdown();
    },
  };
}

/** The headers of a request that the handler would make now, as a child of its server span. */
function outgoingHeaders({ propagator }: Telemetry): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context.active(), headers, defaultTextMapSetter);
  return headers;
}
