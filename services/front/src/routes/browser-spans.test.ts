import { describe, expect, test } from "bun:test";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { Elysia } from "elysia";
import { browserSpanRoutes } from "./browser-spans.ts";

function startRoutes() {
  const memory = startTestTelemetry({ serviceName: "browser" });
  const app = new Elysia().use(browserSpanRoutes(memory.telemetry));
  return {
    memory,
    ask: (path: string, method: string, body: object) =>
      app.handle(
        new Request(`http://localhost${path}`, {
          method,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      ),
    [Symbol.asyncDispose]: () => memory.shutdown(),
  };
}

interface Begun {
  readonly id: string;
  readonly traceparent: string;
}

describe("a span of the browser", () => {
  test("is begun before the request and ended after it, with both headers on it", async () => {
    await using routes = startRoutes();
    const begun = await routes.ask("/lab/browser-spans", "POST", { method: "GET", path: "/a?b", baggage: "k=v" });
    const { id, traceparent } = (await begun.json()) as Begun;
    await routes.ask(`/lab/browser-spans/${id}`, "PUT", { status: 503, traceresponse: "00-x" });
    const [span] = await routes.memory.waitForSpans(1);
    expect(span).toMatchObject({
      name: "GET",
      kind: "CLIENT",
      status: "ERROR",
      spanId: id,
      parentSpanId: undefined,
      attributes: {
        "url.path": "/a",
        "error.type": "503",
        "http.response.status_code": 503,
        "http.request.header.traceparent": [traceparent],
        "http.request.header.baggage": ["k=v"],
        "http.response.header.traceresponse": ["00-x"],
      },
    });
    expect(traceparent).toBe(`00-${span?.traceId}-${id}-03`);
  });

  test("of a message on a WebSocket is below the span of its socket, which says nothing of a header", async () => {
    await using routes = startRoutes();
    const socket = await routes.ask("/lab/browser-spans", "POST", { socket: "/table" });
    const { id: socketId, traceparent: parent } = (await socket.json()) as Begun;
    const begun = await routes.ask("/lab/browser-spans", "POST", { path: "/table", parent });
    const { id, traceparent } = (await begun.json()) as Begun;
    await routes.ask(`/lab/browser-spans/${id}`, "PUT", {});
    await routes.ask(`/lab/browser-spans/${socketId}`, "PUT", {});
    const [span, around] = await routes.memory.waitForSpans(2);
    expect(around).toMatchObject({ name: "websocket", kind: "INTERNAL", spanId: socketId, parentSpanId: undefined });
    expect(around?.attributes).toEqual({ "url.path": "/table" });
    expect(span).toMatchObject({ name: "websocket message", kind: "CLIENT", spanId: id, parentSpanId: socketId });
    expect(span?.attributes).toEqual({
      "network.protocol.name": "websocket",
      "url.path": "/table",
      "messaging.header.traceparent": [traceparent],
    });
    expect(traceparent.split("-")[1]).toBe(parent.split("-")[1] ?? "");
  });

  test("with a method that is not known is not named after it", async () => {
    await using routes = startRoutes();
    const begun = await routes.ask("/lab/browser-spans", "POST", { method: "MOO", path: "/" });
    const { id } = (await begun.json()) as Begun;
    await routes.ask(`/lab/browser-spans/${id}`, "PUT", { status: 200 });
    const [span] = await routes.memory.waitForSpans(1);
    expect(span).toMatchObject({
      name: "HTTP",
      attributes: { "http.request.method": "_OTHER", "http.request.method_original": "MOO" },
    });
  });

  test("is ended once: a second end is 404", async () => {
    await using routes = startRoutes();
    const begun = await routes.ask("/lab/browser-spans", "POST", { method: "GET", path: "/" });
    const { id } = (await begun.json()) as Begun;
    expect((await routes.ask(`/lab/browser-spans/${id}`, "PUT", { status: 200 })).status).toBe(200);
    expect((await routes.ask(`/lab/browser-spans/${id}`, "PUT", { status: 200 })).ok).toBeFalse();
    expect(await routes.memory.waitForSpans(1)).toHaveLength(1);
  });

  test("is ended for a page that was closed, when there are too many", async () => {
    await using routes = startRoutes();
    for (let count = 0; count < 51; count++)
      await routes.ask("/lab/browser-spans", "POST", { method: "GET", path: "/" });
    expect(await routes.memory.waitForSpans(1)).toHaveLength(1);
  });

  test("a value that is not allowed begins none", async () => {
    await using routes = startRoutes();
    const long = { method: "GET", path: "/", pad: "x".repeat(20_000) };
    for (const body of [{ method: "get", path: "/" }, { method: "GET", path: "x" }, { path: "/" }, long]) {
      expect((await routes.ask("/lab/browser-spans", "POST", body)).status).toBeGreaterThanOrEqual(400);
    }
    expect(routes.memory.spans()).toEqual([]);
  });
});
