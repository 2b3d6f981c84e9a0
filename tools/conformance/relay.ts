/** The two services that the conformance runs use: HTTP -> gRPC -> HTTP, with our own telemetry. */
import type { Telemetry } from "@baton/telemetry";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { httpServerTelemetry, tracedFetch } from "@baton/telemetry/http";
import { Elysia } from "elysia";
import { createChannel, createClientFactory, createServer } from "nice-grpc";
import { InvalidCallError, parseCalls } from "./relay-calls.ts";
import { RelayDefinition } from "./relay-definition.ts";

/** A running pair. */
export interface Relay {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts both halves on the loopback interface.
 * `POST /test` takes a list of `{ url, arguments }` and makes the call-backs one after the other: it posts to each `url`
 * its `arguments` as the JSON body. The answer lists the status of each.
 */
export async function startRelay(telemetry: Telemetry, port = 0): Promise<Relay> {
  const back = await startBack(telemetry);
  const channel = createChannel(back.address);
  const client = createClientFactory()
    .use(grpcClientTelemetry(telemetry, { target: back.address }))
    .create(RelayDefinition, channel);
  const front = new Elysia()
    .use(httpServerTelemetry(telemetry))
    .onError(({ error, status }) => {
      if (error instanceof InvalidCallError) return status(400, { detail: error.message });
    })
    .post("/test", async ({ body }) => (await client.forward({ calls: parseCalls(body) })).statuses)
    .listen({ port, hostname: "127.0.0.1" });
  return {
    port: front.server?.port ?? 0,
    stop: async () => {
      await front.stop(true);
      channel.close();
      await back.stop();
    },
  };
}

async function startBack(telemetry: Telemetry) {
  const fetch = tracedFetch(telemetry);
  const server = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry));
  server.add(RelayDefinition, {
    async forward({ calls }) {
      const statuses: number[] = [];
      for (const call of calls) {
        // Not followed: a redirect could lead away from the loopback interface.
        const response = await fetch(call.url, {
          method: "POST",
          redirect: "manual",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(call.arguments),
        });
        await response.arrayBuffer();
        statuses.push(response.status);
      }
      return { statuses };
    },
  });
  const port = await server.listen("127.0.0.1:0");
  return { address: `127.0.0.1:${port}`, stop: () => server.shutdown() };
}
