/** The same places, through the boundaries that the package owns. */

import { withSpan } from "@baton/telemetry";
import { grpcServerTelemetry } from "@baton/telemetry/grpc";
import { httpServerTelemetry, webSocketMessage } from "@baton/telemetry/http";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { context, SpanKind, trace } from "@opentelemetry/api";
import { Elysia } from "elysia";
import { Metadata } from "nice-grpc-common";

/** True if a span made inside the body is a child of the request's. */
export async function responseBodyKeepsContext(kind: "generator" | "direct"): Promise<boolean> {
  const inMemory = startTestTelemetry();
  const inside = async (): Promise<string> => {
    await Promise.resolve();
    return withSpan(inMemory.telemetry, "inside", () => "x");
  };
  async function* generate(): AsyncGenerator<string> {
    yield await inside();
  }
  const bodies = {
    generator: () => new Response(generate()),
    direct: () =>
      new Response(
        new ReadableStream({
          type: "direct",
          async pull(controller) {
            controller.write(await inside());
            controller.close();
          },
        }),
      ),
  };
  const app = new Elysia()
    .use(httpServerTelemetry(inMemory.telemetry))
    .get("/", bodies[kind])
    .listen({ port: 0, hostname: "127.0.0.1" });
  await (await fetch(app.server?.url ?? "")).text();
  const [child, request] = await inMemory.waitForSpans(2);
  await app.stop(true);
  await inMemory.shutdown();
  return child?.name === "inside" && child.parentSpanId === request?.spanId;
}

/** True if a message's span is a child of the handshake's. */
export async function webSocketMessageKeepsContext(): Promise<boolean> {
  const inMemory = startTestTelemetry();
  const app = new Elysia()
    .use(httpServerTelemetry(inMemory.telemetry))
    .ws("/", { message: webSocketMessage(inMemory.telemetry, () => {}) })
    .listen({ port: 0, hostname: "127.0.0.1" });
  const socket = new WebSocket((app.server?.url.href ?? "").replace("http", "ws"));
  socket.onopen = () => socket.send("x");
  const spans = await inMemory.waitForSpans(2);
  const handshake = spans.find(({ kind }) => kind === "SERVER");
  const message = spans.find(({ kind }) => kind === "INTERNAL");
  socket.close();
  await app.stop(true);
  await inMemory.shutdown();
  return message !== undefined && message.parentSpanId === handshake?.spanId;
}

/** True if the SERVER span is active in a streaming method whose items are asked for from elsewhere. */
export async function streamingMethodKeepsContext(): Promise<boolean> {
  const inMemory = startTestTelemetry();
  async function* method(): AsyncGenerator<string, void, undefined> {
    await Promise.resolve();
    yield trace.getActiveSpan()?.spanContext().spanId ?? "none";
  }
  const call = grpcServerTelemetry(inMemory.telemetry)(
    {
      method: { path: "/x.Y/Z", requestStream: false, responseStream: true, options: {} },
      requestStream: false,
      request: {},
      responseStream: true,
      next: method,
    },
    {
      metadata: Metadata(),
      header: Metadata(),
      trailer: Metadata(),
      peer: "",
      sendHeader: () => {},
      signal: new AbortController().signal,
    },
  );
  const seen: unknown[] = [];
  await context.with(trace.deleteSpan(context.active()), async () => {
    for await (const item of call) seen.push(item);
  });
  const [server] = await inMemory.waitForSpans(1);
  await inMemory.shutdown();
  return server?.kind === SpanKind[SpanKind.SERVER] && seen[0] === server.spanId;
}
