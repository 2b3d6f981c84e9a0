/** Exactly one SERVER span for every request, whatever happens to it: the real plugin, over real sockets. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { httpServerTelemetry, webSocketMessage } from "@baton/telemetry/http";
import { startTestTelemetry, type TestSpan } from "@baton/telemetry/testing";
import { cors } from "@elysia/cors";
import { Elysia, t } from "elysia";

const memory = startTestTelemetry();
/** Opened by a test when it wants a held handler or body to go on. */
let gate = Promise.withResolvers<void>();
/** Resolves when a held handler has begun. */
let begun = Promise.withResolvers<void>();

const app = new Elysia()
  .use(httpServerTelemetry(memory.telemetry))
  .use(cors())
  .onRequest(({ request, set }) => {
    if (request.method !== "PATCH") return undefined;
    set.status = 405;
    set.headers.allow = "GET";
    return "only GET";
  })
  .get("/plain", () => "ok")
  .get("/users/:id", ({ params }) => params.id)
  .get("/late", async () => {
    begun.resolve();
    await gate.promise;
    return "at last";
  })
  .get("/throws", () => {
    throw new TypeError("boom");
  })
  .get("/rejects", async () => {
    await Promise.resolve();
    throw new RangeError("boom, later");
  })
  .post("/json", ({ body }) => body, { body: t.Object({ n: t.Number() }) })
  .get("/stream", () => new Response(heldStream()))
  .get("/events", async function* () {
    yield "one";
    await gate.promise;
    yield "two";
  })
  .get("/broken-stream", () => new Response(brokenStream()))
  .ws("/table", {
    message: webSocketMessage(memory.telemetry, reply),
  })
  .listen({ port: 0, hostname: "127.0.0.1" });

if (app.server === null) throw new Error("the app did not start");
const { url } = app.server;

interface Socket {
  readonly data: { readonly request: Request };
  send(text: string): unknown;
}

function reply(socket: Socket, message: unknown): void {
  socket.send(`re: ${message}`);
}

function heldStream(): ReadableStream<string> {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue("one");
      await gate.promise;
      controller.enqueue("two");
      controller.close();
    },
  });
}

function brokenStream(): ReadableStream<string> {
  let pulls = 0;
  return new ReadableStream({
    pull(controller) {
      pulls += 1;
      if (pulls === 1) controller.enqueue("one");
      else controller.error(new Error("the source broke"));
    },
  });
}

afterEach(() => {
  gate.resolve();
  gate = Promise.withResolvers();
  begun = Promise.withResolvers();
});
afterAll(async () => {
  await app.stop(true);
  await memory.shutdown();
});

interface Row {
  readonly happens: string;
  readonly request: () => Promise<unknown>;
  readonly name: string;
  /** `undefined`: none was sent. */
  readonly statusCode: number | undefined;
  /** @default None: the span is not an error. */
  readonly errorType?: string;
}

const ask = (path: string, init?: RequestInit) => async () => {
  const response = await fetch(new URL(path, url), init);
  await response.text();
};
const json = (body: string): RequestInit => ({ method: "POST", headers: { "content-type": "application/json" }, body });

const rows: readonly Row[] = [
  { happens: "200", request: ask("/plain"), name: "GET /plain", statusCode: 200 },
  { happens: "a parameter route", request: ask("/users/42"), name: "GET /users/:id", statusCode: 200 },
  {
    happens: "HEAD",
    request: ask("/plain", { method: "HEAD" }),
    name: "HEAD /plain",
    statusCode: 200,
  },
  { happens: "404", request: ask("/nowhere"), name: "GET", statusCode: 404 },
  { happens: "405", request: ask("/plain", { method: "PATCH" }), name: "PATCH", statusCode: 405 },
  { happens: "bad JSON", request: ask("/json", json("{")), name: "POST /json", statusCode: 400 },
  { happens: "failed validation", request: ask("/json", json('{"n":"x"}')), name: "POST /json", statusCode: 422 },
  { happens: "a CORS preflight", request: preflight, name: "OPTIONS", statusCode: 204 },
  { happens: "a thrown error", request: ask("/throws"), name: "GET /throws", statusCode: 500, errorType: "500" },
  { happens: "a rejection", request: ask("/rejects"), name: "GET /rejects", statusCode: 500, errorType: "500" },
  {
    happens: "aborted by the client before the answer",
    request: leaveBeforeAnswer,
    name: "GET /late",
    statusCode: undefined,
    errorType: "ClientDisconnected",
  },
  {
    happens: "aborted by the client within the body",
    request: leaveWithinBody,
    name: "GET /stream",
    statusCode: 200,
    errorType: "ClientDisconnected",
  },
  {
    happens: "a body that breaks",
    request: readBroken,
    name: "GET /broken-stream",
    statusCode: 200,
    errorType: "Error",
  },
  {
    happens: "a request that is not HTTP",
    request: () => sendRaw("nonsense\r\n\r\n"),
    name: "",
    statusCode: undefined,
  },
];

async function preflight() {
  const headers = { origin: "http://elsewhere.example", "access-control-request-method": "GET" };
  await ask("/plain", { method: "OPTIONS", headers })();
}

async function leaveBeforeAnswer() {
  const leaving = new AbortController();
  const answer = fetch(new URL("/late", url), { signal: leaving.signal });
  await begun.promise;
  leaving.abort();
  await answer.catch(() => undefined);
}

async function leaveWithinBody() {
  const leaving = new AbortController();
  const response = await fetch(new URL("/stream", url), { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
}

/** Not `fetch`, which would ask again when the connection breaks. */
async function readBroken() {
  await sendRaw(`GET /broken-stream HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
}

function sendRaw(text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(Number(url.port), url.hostname, () => socket.write(text));
  socket
    .on("close", () => resolve())
    .on("error", () => resolve())
    .resume();
  return promise;
}

const facts = ({ name, status, attributes }: TestSpan) => ({
  name,
  statusCode: attributes["http.response.status_code"],
  errorType: attributes["error.type"],
  status,
});

/** The SERVER spans of everything that was sent before: the request that is sent now ends after it. */
async function serverSpans(count: number): Promise<readonly TestSpan[]> {
  const isServer = ({ kind }: TestSpan) => kind === "SERVER";
  await memory.waitForSpans((spans) => spans.filter(isServer).length >= count);
  await ask("/users/last")();
  const spans = await memory.waitForSpans((all) =>
    all.some(({ attributes }) => attributes["url.path"] === "/users/last"),
  );
  memory.reset();
  return spans.filter((span) => isServer(span) && span.attributes["url.path"] !== "/users/last");
}

describe("exactly one SERVER span", () => {
  test.each(rows.map((row) => [row.happens, row] as const))(
    "%s",
    async (_, { request, name, statusCode, errorType }) => {
      await request();
      const spans =
        name === "" ? [] : [{ name, statusCode, errorType, status: errorType === undefined ? "UNSET" : "ERROR" }];
      expect((await serverSpans(spans.length)).map(facts) as unknown[]).toEqual(spans);
    },
  );

  test.each(["/stream", "/events"])("a streamed body, and the span lasts as long: %s", async (path) => {
    const response = await fetch(new URL(path, url));
    const reader = response.body?.getReader();
    await reader?.read();
    expect(memory.spans()).toEqual([]);
    gate.resolve();
    while (!(await reader?.read())?.done);
    expect((await serverSpans(1)).map(facts)).toEqual([
      { name: `GET ${path}`, statusCode: 200, errorType: undefined, status: "UNSET" },
    ]);
  });

  test("a WebSocket: the handshake, with each message a child of it", async () => {
    await playSocket(["a", "b"]);
    const messages = memory.spans().filter(({ kind }) => kind === "INTERNAL");
    const [handshake, ...more] = await serverSpans(1);
    expect(more).toEqual([]);
    expect(handshake && facts(handshake)).toEqual({
      name: "GET /table",
      statusCode: 101,
      errorType: undefined,
      status: "UNSET",
    });
    expect(messages.map(({ name, parentSpanId, traceId }) => ({ name, parentSpanId, traceId }))).toEqual([
      { name: "websocket message", parentSpanId: handshake?.spanId, traceId: handshake?.traceId ?? "" },
      { name: "websocket message", parentSpanId: handshake?.spanId, traceId: handshake?.traceId ?? "" },
    ]);
  });

  test("100 requests at once, each in a trace of its own", async () => {
    const paths = Array.from({ length: 100 }, (_, index) => `/users/${index}`);
    await Promise.all(paths.map((path) => ask(path)()));
    const spans = await serverSpans(100);
    expect(spans.map(({ attributes }) => attributes["url.path"]).sort()).toEqual(paths.sort());
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(100);
  });
});

async function playSocket(messages: readonly string[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = new WebSocket(new URL("/table", url));
  let answers = 0;
  socket.onopen = () => {
    for (const message of messages) socket.send(message);
  };
  socket.onmessage = () => {
    answers += 1;
    if (answers === messages.length) socket.close();
  };
  socket.onclose = () => resolve();
  await promise;
}
