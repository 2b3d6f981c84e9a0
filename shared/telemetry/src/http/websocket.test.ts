import { expect, test } from "bun:test";
import { type AnyElysia, Elysia } from "elysia";
import { startTestTelemetry } from "../testing.ts";
import { httpServerTelemetry } from "./elysia.ts";

test("a handshake with a plugin that is loaded late has its status and names its trace", async () => {
  const inMemory = startTestTelemetry();
  const late = Promise.withResolvers<AnyElysia>();
  const app = new Elysia()
    .use(httpServerTelemetry(inMemory.telemetry))
    .use(late.promise)
    .listen({ port: 0, hostname: "127.0.0.1" });
  late.resolve(new Elysia().ws("/table", { open: (socket) => void socket.close() }));
  await app.modules;
  const socket = new WebSocket(`ws://127.0.0.1:${app.server?.port}/table`);
  await new Promise((resolve) => socket.addEventListener("close", resolve));
  const [span] = await inMemory.waitForSpans(1);
  expect(span).toMatchObject({
    name: "GET /table",
    attributes: { "http.route": "/table", "http.response.status_code": 101 },
  });
  await app.stop(true);
  await inMemory.shutdown();
});
