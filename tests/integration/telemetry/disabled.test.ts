/** Telemetry that is disabled: the context of a caller is passed on over every way, and nothing else is done. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { startTelemetry, withSpan } from "@baton/telemetry";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { httpServerTelemetry, tracedFetch, tracedHandler, webSocketMessage } from "@baton/telemetry/http";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { Elysia } from "elysia";
import { createChannel, createClientFactory, createServer } from "nice-grpc";

const telemetry = startTelemetry({
  serviceName: "off",
  register: false,
  env: { OTEL_SDK_DISABLED: "true" },
  onReport: () => {},
});

const sent = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
  tracestate: "vendor=value",
  baggage: "player=ann",
};
const received: Record<string, string | null>[] = [];
const called: string[] = [];
beforeEach(() => {
  received.length = 0;
  called.length = 0;
});

/** Hooks that say that they were called. */
const hook = <T>(name: string, result: T) => {
  return () => {
    called.push(name);
    return result;
  };
};
const hooks = {
  filter: hook("filter", true),
  spanName: hook("spanName", "name"),
  spanStatus: hook("spanStatus", undefined),
  startAttributes: hook("startAttributes", {}),
  endAttributes: hook("endAttributes", {}),
  spanKind: hook("spanKind", SpanKind.SERVER),
};

const receiver = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch({ headers }) {
    received.push(Object.fromEntries(Object.keys(sent).map((name) => [name, headers.get(name)])));
    return new Response();
  },
});
const callNext = async (): Promise<string> => {
  const urlTemplate = hook("urlTemplate", "/");
  await withSpan(telemetry, "work", () => tracedFetch(telemetry, { ...hooks, urlTemplate })(receiver.url));
  return "done";
};

interface Message {
  readonly text: string;
}
const text = {
  encode: (message: Message) => ({ finish: () => new TextEncoder().encode(message.text) }),
  decode: (bytes: Uint8Array): Message => ({ text: new TextDecoder().decode(bytes) }),
  fromPartial: (message: Partial<Message>): Message => ({ text: "", ...message }),
};
const method = <Stream extends boolean>(name: string, responseStream: Stream) =>
  ({ name, requestType: text, requestStream: false, responseType: text, responseStream, options: {} }) as const;
const definition = {
  name: "Relay",
  fullName: "test.Relay",
  methods: { one: method("One", false), many: method("Many", true) },
} as const;
const grpcServer = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry, hooks));
grpcServer.add(definition, {
  one: async () => ({ text: await callNext() }),
  async *many() {
    yield { text: "first" };
    yield { text: await callNext() };
  },
});
const channel = createChannel(`127.0.0.1:${await grpcServer.listen("127.0.0.1:0")}`);
const relay = createClientFactory().use(grpcClientTelemetry(telemetry, hooks)).create(definition, channel);

interface Sender {
  readonly data: { readonly request: Request };
  send(text: string): unknown;
}
/** A message whose fields carry a context. */
const messages = () =>
  new Elysia().ws("/messages", {
    message: webSocketMessage(telemetry, async (socket: Sender) => void socket.send(await callNext()), {
      carrier: (message: Record<string, string>) => message,
    }),
  });
const edge = new Elysia()
  .use(httpServerTelemetry(telemetry, { trust: "ignore" }))
  .use(messages())
  .listen({ port: 0, hostname: "127.0.0.1" });
const app = new Elysia()
  .use(httpServerTelemetry(telemetry, hooks))
  .use(messages())
  .get("/fetch", callNext)
  .get("/grpc", async () => (await relay.one({})).text)
  .get("/grpc/stream", async () => {
    for await (const _message of relay.many({}));
    return "done";
  })
  .get("/fails", () => {
    throw new Error("no");
  })
  .ws("/socket", {
    message: webSocketMessage(telemetry, async (socket: Sender) => void socket.send(await callNext())),
  })
  .listen({ port: 0, hostname: "127.0.0.1" });
const plain = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: tracedHandler(telemetry, hooks)(async () => new Response(await callNext())),
});

afterAll(async () => {
  channel.close();
  grpcServer.forceShutdown();
  await Promise.all([app.stop(true), edge.stop(true), plain.stop(true), receiver.stop(true), telemetry.shutdown()]);
});

const origin = `127.0.0.1:${app.server?.port}`;
const overHttp = async (url: string | URL, headers: Record<string, string>) => {
  const response = await fetch(url, { headers });
  expect(response.headers.get("traceresponse")).toBeNull();
  expect(await response.text()).toBe("done");
};
const overSocket = async (headers: Record<string, string>, url = `ws://${origin}/socket`, message = {}) => {
  const socket = new WebSocket(url, { headers });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const answer = new Promise((resolve) => socket.addEventListener("message", resolve));
  socket.send(JSON.stringify(message));
  await answer;
  socket.close();
};

describe.each([
  ["the Elysia plugin and fetch", (headers: Record<string, string>) => overHttp(`http://${origin}/fetch`, headers)],
  ["a unary call", (headers: Record<string, string>) => overHttp(`http://${origin}/grpc`, headers)],
  ["a streamed call", (headers: Record<string, string>) => overHttp(`http://${origin}/grpc/stream`, headers)],
  ["a handler", (headers: Record<string, string>) => overHttp(plain.url, headers)],
  ["a WebSocket", (headers: Record<string, string>) => overSocket(headers)],
  ["a message", (headers: Record<string, string>) => overSocket({}, `ws://${origin}/messages`, headers)],
] as const)("%s", (_way, send) => {
  test("passes the caller's context on as it came, and calls no hook", async () => {
    await send(sent);
    expect(received).toEqual([sent]);
    expect(called).toEqual([]);
  });

  test("sends nothing of its own", async () => {
    await send({});
    expect(received).toEqual([{ traceparent: null, tracestate: null, baggage: null }]);
  });
});

test("at an edge that does not trust its callers, nothing is passed on", async () => {
  const handle = tracedHandler(telemetry, { trust: "restart" })(async () => new Response(await callNext()));
  await handle(new Request("http://localhost/", { headers: sent }));
  await overSocket(sent, `ws://127.0.0.1:${edge.server?.port}/messages`, sent);
  const nothing = { traceparent: null, tracestate: null, baggage: null };
  expect(received).toEqual([nothing, nothing]);
});

test("an application that such an edge mounts passes nothing on either", async () => {
  const inner = new Elysia().use(httpServerTelemetry(telemetry)).get("/fetch", callNext);
  const outer = new Elysia()
    .use(httpServerTelemetry(telemetry, { trust: "restart-keep-baggage" }))
    .mount("/inner", inner.fetch)
    .listen({ port: 0, hostname: "127.0.0.1" });
  await overHttp(`http://127.0.0.1:${outer.server?.port}/inner/fetch`, sent);
  await outer.stop(true);
  expect(received).toEqual([{ traceparent: null, tracestate: null, baggage: sent.baggage }]);
});

test("a host that is not listed in propagateTo gets nothing", async () => {
  const handle = tracedHandler(telemetry)(() => tracedFetch(telemetry, { propagateTo: ["other"] })(receiver.url));
  await handle(new Request("http://localhost/", { headers: sent }));
  expect(received).toEqual([{ traceparent: null, tracestate: null, baggage: null }]);
});

test("an error is answered as without the plugin", async () => {
  const response = await fetch(`http://${origin}/fails`);
  expect([response.status, await response.text()]).toEqual([500, "no"]);
});

test("withSpan returns what the work returns, and the active span stays the caller's", () => {
  const promise = Promise.resolve();
  expect(withSpan(telemetry, "work", () => promise)).toBe(promise);
  const parent = propagation.extract(context.active(), {});
  const active = trace.setSpanContext(parent, { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 });
  context.with(active, () => {
    withSpan(telemetry, "work", (span) => expect(span.spanContext().spanId).toBe("b".repeat(16)));
  });
});
