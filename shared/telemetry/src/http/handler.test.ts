import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { withSpan } from "../span.ts";
import { startTestTelemetry, type TestSpan } from "../testing.ts";
import { tracedHandler } from "./handler.ts";
import { setHttpRoute } from "./span-of-request.ts";
import { webSocketMessage } from "./websocket.ts";

const inMemory = startTestTelemetry();
const { telemetry } = inMemory;
let begun = Promise.withResolvers<void>();
const never = new Promise<Response>(() => {});

async function* parts(): AsyncGenerator<string> {
  yield "one";
  await Promise.resolve();
  withSpan(telemetry, "inside", () => {});
  yield "two";
}

function handle(request: Request, server: Bun.Server<{ request: Request }>): Response | undefined | Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/users/")) {
    setHttpRoute(request, "/users/:id");
    return Promise.resolve(new Response("a user"));
  }
  switch (pathname) {
    case "/ok":
      return new Response("ok");
    case "/throws":
      throw new TypeError("boom");
    case "/rejects":
      return Promise.reject(new RangeError("boom, later"));
    case "/parts":
      return new Response(parts());
    case "/late":
      begun.resolve();
      return never;
    case "/upstream":
      begun.resolve();
      return new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
    case "/socket":
      return server.upgrade(request, { data: { request } }) ? undefined : new Response(null, { status: 400 });
    default:
      return new Response(null, { status: 404 });
  }
}

const server = Bun.serve<{ request: Request }>({
  port: 0,
  hostname: "127.0.0.1",
  fetch: tracedHandler(telemetry)(handle),
  error: () => new Response(null, { status: 500 }),
  websocket: {
    message: webSocketMessage(telemetry, (socket: Bun.ServerWebSocket<{ request: Request }>) => void socket.close()),
  },
});
const ask = async (path: string, init?: RequestInit) => (await fetch(new URL(path, server.url), init)).text();

beforeEach(() => {
  inMemory.reset();
  begun = Promise.withResolvers();
});
afterAll(async () => {
  await server.stop(true);
  await inMemory.shutdown();
});

const facts = ({ name, kind, status, attributes }: TestSpan) => [
  kind,
  name,
  attributes["http.response.status_code"],
  attributes["error.type"],
  status,
];

describe("a plain handler of Request and Response", () => {
  test.each<
    readonly [what: string, path: string, init: RequestInit, ...span: readonly (string | number | undefined)[]]
  >([
    ["an answer at once", "/ok", {}, "GET", 200, undefined, "UNSET"],
    ["a route that the handler names", "/users/7", {}, "GET /users/:id", 200, undefined, "UNSET"],
    ["HEAD", "/parts", { method: "HEAD" }, "HEAD", 200, undefined, "UNSET"],
    ["a path that is not there", "/nowhere", {}, "GET", 404, undefined, "UNSET"],
    ["a thrown error", "/throws", {}, "GET", 500, "500", "ERROR"],
    ["a rejection", "/rejects", {}, "GET", 500, "500", "ERROR"],
  ])("%s", async (_what, path, init, ...span) => {
    await ask(path, init);
    const spans = await inMemory.waitForSpans(1);
    expect(spans.map(facts)).toEqual([["SERVER", ...span]]);
  });

  test("a streamed body: the span has its spans and ends with it", async () => {
    expect(await ask("/parts")).toBe("onetwo");
    const [inside, request] = await inMemory.waitForSpans(2);
    expect([inside?.name, inside?.parentSpanId]).toEqual(["inside", request?.spanId]);
  });

  test("a WebSocket: the handshake, with each message a child of it", async () => {
    const socket = new WebSocket(new URL("/socket", server.url));
    socket.onopen = () => socket.send("x");
    const [handshake, message] = await inMemory.waitForSpans(2);
    expect(handshake && facts(handshake)).toEqual(["SERVER", "GET", 101, undefined, "UNSET"]);
    expect([message?.name, message?.parentSpanId]).toEqual(["websocket message", handshake?.spanId]);
  });

  test.each([
    ["a request that takes long", "/late"],
    ["a handler that fails because of it", "/upstream"],
  ])("a client that leaves %s", async (_what, path) => {
    const leaving = new AbortController();
    const answer = ask(path, { signal: leaving.signal }).catch(() => {});
    await begun.promise;
    leaving.abort();
    await answer;
    const spans = await inMemory.waitForSpans(1);
    expect(spans.map(facts)).toEqual([["SERVER", "GET", undefined, "ClientDisconnected", "ERROR"]]);
  });

  test("joins the caller's trace, names it in the answer, and knows the peer and the route on the metric", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const answer = await fetch(new URL("/users/8", server.url), { headers });
    const [span] = await inMemory.waitForSpans(1);
    expect(span?.traceId).toBe(traceId);
    expect(answer.headers.get("traceresponse")).toStartWith(`00-${traceId}-${span?.spanId}-`);
    expect(span?.attributes["network.peer.address"]).toBe("127.0.0.1");
    const durations = (await inMemory.metrics()).find(({ name }) => name === "http.server.request.duration");
    expect(durations?.dataPoints.map(({ attributes }) => attributes["http.route"])).toContain("/users/:id");
  });

  test("health probes create no span, and nothing below them does", async () => {
    const handler = tracedHandler(telemetry)(() => withSpan(telemetry, "inside", () => new Response("")));
    handler(new Request("http://localhost/healthz"));
    expect(inMemory.spans()).toEqual([]);
  });

  test("takes what another framework hands to its handler", async () => {
    const fetchOfFramework = (request: Request, env?: { readonly name: string }) =>
      new Response(`${request.method} ${env?.name}`);
    const traced = tracedHandler(telemetry)(fetchOfFramework);
    expect(await traced(new Request("http://localhost/"), { name: "env" }).text()).toBe("GET env");
    expect(inMemory.spans()).toHaveLength(1);
  });
});

test("setHttpRoute() does nothing for a request that is not traced", () => {
  expect(() => setHttpRoute(new Request("http://localhost/"), "/x")).not.toThrow();
});

test("the keys of redactedQueryKeys are secret in an exception too", () => {
  const failing = tracedHandler(telemetry, { redactedQueryKeys: ["ticket"] })((_request: Request) => {
    throw new Error("cannot get http://h/?ticket=s3cret");
  });
  expect(() => failing(new Request("http://localhost/"))).toThrow("s3cret");
  const [span] = inMemory.spans();
  expect(span?.statusMessage).toBe("cannot get http://h/?ticket=REDACTED");
  expect(JSON.stringify(span)).not.toContain("s3cret");
});
