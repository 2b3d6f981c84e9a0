import { describe, expect, test } from "bun:test";
import { context, propagation } from "@opentelemetry/api";
import { type AnyElysia, Elysia } from "elysia";
import { startTestTelemetry, type TestSpan } from "../testing.ts";
import { httpServerTelemetry } from "./elysia.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { type MessageCarrier, webSocketMessage } from "./websocket.ts";

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

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-01`;

interface Played {
  readonly handshake: TestSpan;
  readonly message: TestSpan;
  /** The baggage in which the handler ran. */
  readonly baggage: string;
}

/** Opens a socket, sends it one message, and waits for its two spans. */
async function play(
  sent: unknown,
  {
    headers = {},
    carrier = (message) => message as MessageCarrier,
    ...options
  }: HttpServerTelemetryOptions & {
    readonly headers?: Readonly<Record<string, string>>;
    readonly carrier?: (message: unknown) => MessageCarrier | undefined;
  } = {},
): Promise<Played> {
  const inMemory = startTestTelemetry();
  const { telemetry } = inMemory;
  let baggage = "";
  const app = new Elysia()
    .use(httpServerTelemetry(telemetry, options))
    .ws("/", {
      message: webSocketMessage(
        telemetry,
        (socket: { readonly data: { readonly request: Request }; close(): unknown }) => {
          const entries = propagation.getActiveBaggage()?.getAllEntries() ?? [];
          baggage = entries.map(([key, { value }]) => `${key}=${value}`).join();
          socket.close();
        },
        { carrier },
      ),
    })
    .listen({ port: 0, hostname: "127.0.0.1" });
  const socket = new WebSocket(`ws://127.0.0.1:${app.server?.port}/`, { headers: { ...headers } });
  socket.addEventListener("open", () => socket.send(JSON.stringify(sent)));
  const spans = await inMemory.waitForSpans(2);
  await app.stop(true);
  await inMemory.shutdown();
  const [handshake, message] = ["GET /", "websocket message"].map((name) => spans.find((span) => span.name === name));
  if (handshake === undefined || message === undefined) throw new Error("a span is missing");
  return { handshake, message, baggage };
}

const idsOf = (ids: Pick<TestSpan, "traceId" | "spanId">) => ({ traceId: ids.traceId, spanId: ids.spanId });
const linksOf = ({ links }: TestSpan) => links.map((link) => idsOf(link.context));

function expectInHandshake({ handshake, message }: Played): void {
  expect(message).toMatchObject({
    kind: "INTERNAL",
    traceId: handshake.traceId,
    parentSpanId: handshake.spanId,
    links: [],
    attributes: {},
  });
}

describe("a message that carries a context", () => {
  test("has a SERVER span below its sender's span, with a link to the handshake", async () => {
    const { handshake, message } = await play({ traceparent, text: "hello" });
    expect(message).toMatchObject({ kind: "SERVER", traceId, parentSpanId: spanId, parentIsRemote: true });
    expect(handshake.traceId).not.toBe(traceId);
    expect(message.attributes).toEqual({ "network.protocol.name": "websocket" });
    expect(linksOf(message)).toEqual([idsOf(handshake)]);
  });

  test("brings its own tracestate and baggage, and nothing of the handshake's is mixed in", async () => {
    const headers = { baggage: "from=handshake,only=there", traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` };
    const { message, baggage } = await play({ traceparent, tracestate: "a=1", baggage: "from=message" }, { headers });
    expect(message.traceState).toBe("a=1");
    expect(baggage).toBe("from=message");
    expect((await play({ traceparent }, { headers })).baggage).toBe("");
    expect((await play({}, { headers })).baggage).toBe("from=handshake,only=there");
  });

  test("is not recorded where its sender says so", async () => {
    const inMemory = startTestTelemetry();
    const handle = webSocketMessage(inMemory.telemetry, () => context.active() !== undefined, {
      carrier: (message: MessageCarrier) => message,
    });
    const socket = { data: { request: new Request("http://localhost/") } };
    expect(handle(socket, { traceparent: traceparent.replace(/01$/, "00") })).toBeTrue();
    expect(inMemory.spans()).toEqual([]);
    handle(socket, { traceparent });
    expect(inMemory.spans()).toMatchObject([{ kind: "SERVER", traceId, links: [] }]);
    await inMemory.shutdown();
  });

  test.each([
    ["an uppercase id", traceparent.toUpperCase()],
    ["a short id", traceparent.replace(traceId, traceId.slice(16))],
    ["version ff", traceparent.replace(/^00/, "ff")],
    ["an id of zeros", traceparent.replace(traceId, "0".repeat(32))],
    ["two of them", [traceparent, traceparent]],
    ["a list of one", [traceparent]],
    ["a number", 7],
    ["an empty text", ""],
    ["null", null],
  ])("whose traceparent is not valid belongs to the handshake, as one without: %s", async (_, wrong) => {
    const headers = { baggage: "from=handshake" };
    const played = await play({ traceparent: wrong, tracestate: "a=1", baggage: "from=message" }, { headers });
    expectInHandshake(played);
    expect(played.message.traceState).toBeUndefined();
    expect(played.baggage).toBe("from=handshake");
  });

  test.each([
    ["the hook finds none", () => undefined],
    ["the hook finds null, as in JSON", () => JSON.parse("null")],
    [
      "the hook throws",
      () => {
        throw new Error("no JSON");
      },
    ],
  ])("belongs to the handshake where %s", async (_, carrier) => {
    expectInHandshake(await play({ traceparent }, { carrier }));
  });
});

describe("the trust of the server holds for messages", () => {
  const sent = { traceparent, baggage: "from=message" };

  test("restart: the handshake's trace, which was started anew, with a link to the sender", async () => {
    const { handshake, message, baggage } = await play(sent, { trust: "restart" });
    expect(message).toMatchObject({ kind: "SERVER", traceId: handshake.traceId, parentSpanId: handshake.spanId });
    expect(linksOf(message)).toEqual([{ traceId, spanId }]);
    expect(baggage).toBe("");
  });

  test("restart-keep-baggage: the same, with the message's baggage", async () => {
    const { handshake, message, baggage } = await play(sent, { trust: "restart-keep-baggage" });
    expect(message).toMatchObject({ kind: "SERVER", parentSpanId: handshake.spanId });
    expect(linksOf(message)).toEqual([{ traceId, spanId }]);
    expect(baggage).toBe("from=message");
  });

  test("ignore: as a message without a context", async () => {
    const played = await play(sent, { trust: "ignore" });
    expectInHandshake(played);
    expect(played.baggage).toBe("");
  });
});
