import { describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { canRecognizeStreams, sourceOf } from "../bun-quirks.ts";
import { withSpan } from "../span.ts";
import { startTestTelemetry } from "../testing.ts";
import { httpServerTelemetry } from "./elysia.ts";

async function* chunks(): AsyncGenerator<string> {
  yield "a";
  yield "b";
}

function streamOf(source: AsyncGenerator<string>): ReadableStream<string> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

const PROBLEM = { "content-type": "application/problem+json" };
const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };

/** Tests the one fact that Bun's API does not give. */
describe("sourceOf", () => {
  test.each<readonly [string, () => Response, boolean]>([
    ["text", () => new Response("x"), false],
    ["empty text", () => new Response(""), false],
    ["no body", () => new Response(null, { status: 204 }), false],
    ["JSON", () => Response.json({}), false],
    ["bytes", () => new Response(new Uint8Array(3)), false],
    ["a Blob", () => new Response(new Blob(["x"])), false],
    ["a form", () => new Response(new URLSearchParams({ a: "b" })), false],
    ["a file", () => new Response(Bun.file(import.meta.path)), false],
    ["a long text", () => new Response("x".repeat(5_000_000)), false],
    ["a ReadableStream", () => new Response(new ReadableStream({ pull: (c) => c.close() })), true],
    ["an async generator", () => new Response(chunks()), true],
    ["a direct stream", () => new Response(new ReadableStream({ type: "direct", pull: (c) => void c.close() })), true],
    ["server-sent events", () => new Response(chunks(), { headers: EVENTS }), true],
    ["server-sent events in one text", () => new Response("data: x\n\n", { headers: EVENTS }), true],
    ["the same with its length", () => new Response("x", { headers: { ...EVENTS, "content-length": "1" } }), false],
    [
      "a stream of them with a length",
      () => new Response(chunks(), { headers: { ...EVENTS, "content-length": "2" } }),
      true,
    ],
    ["a problem", () => new Response("{}", { headers: PROBLEM }), false],
    [
      "a problem, which is one object also where it is made as a stream",
      () => new Response(chunks(), { headers: PROBLEM }),
      false,
    ],
  ])("%s", (_what, make, streamed) => {
    expect(sourceOf(make()).isStream).toBe(streamed);
  });

  test("server-sent events in a request are not taken for a stream: a request that is whole can be sent twice", () => {
    const request = new Request("http://localhost", { method: "POST", body: "data: x\n\n", headers: EVENTS });
    expect(sourceOf(request).isStream).toBe(false);
  });

  test("can be relied on here: a Bun where it cannot is reported at start", () => {
    expect(canRecognizeStreams()).toBe(true);
  });

  test("leaves the headers of a whole body as they are", () => {
    const response = new Response("x", { headers: { "content-type": "text/html" } });
    sourceOf(response);
    expect(response.headers.get("content-type")).toBe("text/html");
  });
});

describe("a streamed response", () => {
  const gate = () => Promise.withResolvers<void>();

  /** Streams one chunk, waits for the gate, makes a span, streams another. */
  function bodies(inside: () => void, opened: Promise<void>): Record<string, () => unknown> {
    async function* generate(): AsyncGenerator<string> {
      yield "a";
      await opened;
      inside();
      yield "b";
    }
    return {
      "an Elysia generator": generate,
      "a Response of an async generator": () => new Response(generate()),
      "a ReadableStream": () => streamOf(generate()),
      "a Response of a ReadableStream": () => new Response(streamOf(generate())),
      "a direct stream": () =>
        new Response(
          new ReadableStream({
            type: "direct",
            async pull(controller) {
              controller.write("a");
              await controller.flush();
              await opened;
              inside();
              controller.write("b");
              controller.close();
            },
          }),
        ),
    };
  }

  test.each(Object.keys(bodies(() => {}, Promise.resolve())))(
    "%s: the span lasts as long as the body, and spans made inside are its children",
    async (kind) => {
      const inMemory = startTestTelemetry();
      const { promise: opened, resolve: open } = gate();
      const make = bodies(() => withSpan(inMemory.telemetry, "inside", () => {}), opened)[kind];
      const app = new Elysia()
        .use(httpServerTelemetry(inMemory.telemetry))
        .get("/", make as () => string)
        .listen({ port: 0, hostname: "127.0.0.1" });
      const response = await fetch(app.server?.url ?? "");
      const reader = response.body?.getReader();
      await reader?.read();
      expect(inMemory.spans()).toEqual([]);
      open();
      while (!(await reader?.read())?.done);
      const [inside, server] = await inMemory.waitForSpans(2);
      expect([inside?.name, server?.name]).toEqual(["inside", "GET /"]);
      expect(inside?.parentSpanId).toBe(server?.spanId as string);
      expect(server?.status).toBe("UNSET");
      await app.stop(true);
      await inMemory.shutdown();
    },
  );

  test.each(["pull", "generator", "direct"] as const)(
    "of a %s body that was made before the request is read in the request's context",
    async (kind) => {
      const inMemory = startTestTelemetry();
      const inside = () => withSpan(inMemory.telemetry, "inside", () => "x");
      async function* generate(): AsyncGenerator<string> {
        yield inside();
      }
      const made = {
        pull: () =>
          new Response(
            new ReadableStream(
              {
                pull(controller) {
                  controller.enqueue(inside());
                  controller.close();
                },
              },
              { highWaterMark: 0 },
            ),
          ),
        generator: () => new Response(generate()),
        direct: () =>
          new Response(
            new ReadableStream({
              type: "direct",
              pull(controller) {
                controller.write(inside());
                controller.close();
              },
            }),
          ),
      }[kind]();
      const app = new Elysia()
        .use(httpServerTelemetry(inMemory.telemetry))
        .get("/", () => made)
        .listen({ port: 0, hostname: "127.0.0.1" });
      expect(await (await fetch(app.server?.url ?? "")).text()).toBe("x");
      const [child, server] = await inMemory.waitForSpans(2);
      expect([child?.name, child?.parentSpanId]).toEqual(["inside", server?.spanId]);
      await app.stop(true);
      await inMemory.shutdown();
    },
  );

  test("that fails half-way is an error with the exception", async () => {
    const inMemory = startTestTelemetry();
    const app = new Elysia().use(httpServerTelemetry(inMemory.telemetry)).get(
      "/",
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue("a"),
            pull: () => Promise.reject(new RangeError("ran dry")),
          }),
        ),
    );
    const response = await app.handle(new Request("http://localhost/"));
    await response.text().catch(() => {});
    const [span] = await inMemory.waitForSpans(1);
    expect([span?.status, span?.attributes["error.type"], span?.attributes["http.response.status_code"]]).toEqual([
      "ERROR",
      "RangeError",
      200,
    ]);
    await inMemory.shutdown();
  });

  test("that is not read to its end is ended when the client leaves", async () => {
    const inMemory = startTestTelemetry();
    const app = new Elysia()
      .use(httpServerTelemetry(inMemory.telemetry))
      .get(
        "/",
        () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue("x".repeat(65_536)) })),
      )
      .listen({ port: 0, hostname: "127.0.0.1" });
    const abort = new AbortController();
    const response = await fetch(app.server?.url ?? "", { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    const spans = await inMemory.waitForSpans(1);
    expect(spans.map((span) => [span.status, span.attributes["error.type"]])).toEqual([
      ["ERROR", "ClientDisconnected"],
    ]);
    await app.stop(true);
    await inMemory.shutdown();
  });
});
