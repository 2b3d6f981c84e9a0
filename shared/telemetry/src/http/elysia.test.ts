import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { type Attributes, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { Elysia, t } from "elysia";
import { startTestTelemetry, type TestSpan, type TestTelemetry } from "../testing.ts";
import { httpServerTelemetry } from "./elysia.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

function startApp(options: HttpServerTelemetryOptions = {}): { url: URL; test: TestTelemetry } {
  const test = startTestTelemetry();
  const app = new Elysia()
    .use(httpServerTelemetry(test.telemetry, options))
    .get("/ok", ({ set }) => {
      set.headers["x-answer"] = "42";
      set.headers["set-cookie"] = "a=1";
      return "ok";
    })
    .get("/users/:id", ({ params }) => params.id)
    .get("/status/:code", ({ params, set }) => {
      set.status = Number(params.code);
      return "as asked";
    })
    .get("/throw", () => {
      throw new TypeError("boom");
    })
    .get("/answered", () => {
      throw new Error("handled below");
    })
    .onError(({ path, set }) => {
      if (path !== "/answered") return undefined;
      set.status = 409;
      return "conflict";
    })
    .post("/json", ({ body }) => body, { body: t.Object({ n: t.Number() }) })
    .listen({ port: 0, hostname: "127.0.0.1" });
  running.push({
    stop: async () => {
      await app.stop(true);
      await test.shutdown();
    },
  });
  if (!app.server) throw new Error("the app did not start");
  return { url: app.server.url, test };
}

async function spanOf(request: (url: URL) => Promise<unknown>, options?: HttpServerTelemetryOptions) {
  const { url, test } = startApp(options);
  await request(url);
  const [span] = await test.waitForSpans(1);
  if (span === undefined) throw new Error("no span");
  return { span, test, url };
}

const get =
  (path: string, headers: Record<string, string> = {}) =>
  (url: URL) =>
    fetch(new URL(path, url), { headers });

/** Bytes as they are: `fetch` would put its own headers and normalise the rest. */
function sendRaw(url: URL, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(url.port), url.hostname, () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

interface Row {
  /** The clause, as the convention words it in short. */
  readonly clause: string;
  readonly request: (url: URL) => Promise<unknown>;
  readonly options?: HttpServerTelemetryOptions;
  readonly name?: string;
  readonly kind?: TestSpan["kind"];
  readonly status?: TestSpan["status"];
  readonly attributes?: Attributes;
  readonly absent?: readonly string[];
}

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
const ROWS: readonly Row[] = [
  { clause: "kind is SERVER", request: get("/ok"), kind: "SERVER" },
  { clause: "name is {method} {route}", request: get("/users/7"), name: "GET /users/:id" },
  { clause: "name is {method} where no route matched, never the path", request: get("/nope/7"), name: "GET" },
  {
    clause: "an unknown method is _OTHER, kept as the original, and HTTP in the name",
    request: (url) => fetch(new URL("/ok", url), { method: "PROPFIND" }),
    name: "HTTP",
    attributes: { "http.request.method": "_OTHER", "http.request.method_original": "PROPFIND" },
  },
  {
    clause: "a known method has no original",
    request: get("/ok"),
    attributes: { "http.request.method": "GET" },
    absent: ["http.request.method_original"],
  },
  {
    clause: "known methods can be replaced whole",
    request: get("/ok"),
    options: { knownMethods: ["POST"] },
    name: "HTTP /ok",
    attributes: { "http.request.method": "_OTHER", "http.request.method_original": "GET" },
  },
  { clause: "http.route", request: get("/users/7"), attributes: { "http.route": "/users/:id" } },
  { clause: "no http.route where none matched", request: get("/nope"), absent: ["http.route"] },
  { clause: "url.path", request: get("/users/7?a=1"), attributes: { "url.path": "/users/7" } },
  { clause: "url.scheme", request: get("/ok"), attributes: { "url.scheme": "http" } },
  { clause: "url.query without the question mark", request: get("/ok?a=1&b"), attributes: { "url.query": "a=1&b" } },
  { clause: "no url.query without a query", request: get("/ok"), absent: ["url.query"] },
  {
    clause: "credentials in the query are redacted",
    request: get("/ok?sig=secret&a=1"),
    attributes: { "url.query": "sig=REDACTED&a=1" },
  },
  {
    clause: "server.address and server.port are of the Host header",
    request: (url) => sendRaw(url, ["GET /ok HTTP/1.1", "Host: shop.example:8080", "Connection: close"]),
    attributes: { "server.address": "shop.example", "server.port": 8080 },
  },
  {
    clause: "without a Host the path is all that is known, and a scheme is one of two",
    request: (url) => sendRaw(url, ["GET /ok?a=1 HTTP/1.0"]),
    attributes: { "url.scheme": "http", "url.path": "/ok", "url.query": "a=1" },
    absent: ["server.address", "server.port"],
  },
  {
    clause: "an invalid Host is not recorded",
    request: (url) => sendRaw(url, ["GET /ok HTTP/1.1", 'Host: evil"<script>', "Connection: close"]),
    attributes: { "url.scheme": "http", "url.path": "/ok" },
    absent: ["server.address"],
  },
  {
    clause: "user_agent.original",
    request: get("/ok", { "user-agent": "tester/1" }),
    attributes: { "user_agent.original": "tester/1" },
  },
  { clause: "network.peer.address", request: get("/ok"), attributes: { "network.peer.address": "127.0.0.1" } },
  {
    clause: "forwarding headers are not believed by default",
    request: get("/ok", { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "evil" }),
    attributes: { "url.scheme": "http", "server.address": "127.0.0.1" },
    absent: ["client.address"],
  },
  {
    clause: "behind a trusted proxy the original client, scheme and host are recorded",
    request: get("/ok", { forwarded: "for=203.0.113.7;proto=https;host=shop.example" }),
    options: { trustProxy: true },
    attributes: {
      "client.address": "203.0.113.7",
      "url.scheme": "https",
      "server.address": "shop.example",
      "server.port": 443,
      "network.peer.address": "127.0.0.1",
    },
  },
  {
    clause: "a trusted proxy that names no client: the peer is the client",
    request: get("/ok"),
    options: { trustProxy: true },
    attributes: { "client.address": "127.0.0.1" },
  },
  { clause: "http.response.status_code", request: get("/ok"), attributes: { "http.response.status_code": 200 } },
  { clause: "2xx leaves the status unset", request: get("/ok"), status: "UNSET", absent: ["error.type"] },
  {
    clause: "4xx leaves the server's status unset, without error.type",
    request: get("/status/404"),
    status: "UNSET",
    attributes: { "http.response.status_code": 404 },
    absent: ["error.type"],
  },
  {
    clause: "5xx is an error, error.type is the code",
    request: get("/status/503"),
    status: "ERROR",
    attributes: { "http.response.status_code": 503, "error.type": "503" },
  },
  {
    clause: "bad JSON is the client's mistake",
    request: (url) =>
      fetch(new URL("/json", url), { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
    name: "POST /json",
    status: "UNSET",
    attributes: { "http.response.status_code": 400 },
    absent: ["error.type"],
  },
  {
    clause: "failed validation is the client's mistake",
    request: (url) =>
      fetch(new URL("/json", url), { method: "POST", body: "{}", headers: { "content-type": "application/json" } }),
    name: "POST /json",
    status: "UNSET",
    attributes: { "http.response.status_code": 422 },
    absent: ["error.type"],
  },
  {
    clause: "a thrown error that the application answers with 4xx is not a failure",
    request: get("/answered"),
    status: "UNSET",
    attributes: { "http.response.status_code": 409 },
    absent: ["error.type"],
  },
  {
    clause: "headers are captured only from the list, keys in lower case, values as lists",
    request: get("/ok", { "x-tenant": "a", "x-secret": "s" }),
    options: { capturedRequestHeaders: ["X-Tenant", "X-Absent"], capturedResponseHeaders: ["X-Answer", "Set-Cookie"] },
    attributes: {
      "http.request.header.x-tenant": ["a"],
      "http.response.header.x-answer": ["42"],
      "http.response.header.set-cookie": ["a=1"],
    },
    absent: ["http.request.header.x-secret", "http.request.header.x-absent"],
  },
  {
    clause: "hooks: name, kind, attributes at start and end, status",
    request: get("/ok"),
    options: {
      spanName: (_request, name) => `mine: ${name}`,
      spanKind: () => SpanKind.CONSUMER,
      startAttributes: () => ({ "app.start": 1 }),
      endAttributes: ({ response }) => ({ "app.end": response?.status ?? 0 }),
      spanStatus: () => ({ code: SpanStatusCode.ERROR, message: "as I say" }),
    },
    name: "mine: GET /ok",
    kind: "CONSUMER",
    status: "ERROR",
    attributes: { "app.start": 1, "app.end": 200 },
  },
  {
    clause: "hooks that throw change nothing",
    request: async (url) => expect(await (await get("/ok")(url)).text()).toBe("ok"),
    options: {
      filter: fail,
      spanName: fail,
      spanKind: fail,
      startAttributes: fail,
      endAttributes: fail,
      spanStatus: fail,
    },
    name: "GET /ok",
    kind: "SERVER",
    status: "UNSET",
  },
];

function fail(): never {
  throw new Error("a mistake in a hook");
}

/** Without a socket: what Bun sends in the place of such a response is Bun's, and loud. */
test.each<readonly [string, () => Response]>([
  [
    "what gets past Elysia",
    () => {
      throw null;
    },
  ],
  ["a network error", () => Response.error()],
  [
    "a body that was sent before",
    () => {
      const response = new Response("once");
      void response.text();
      return response;
    },
  ],
])("%s is answered with 500 by Bun, and the span says so", async (_what, handler) => {
  const inMemory = startTestTelemetry();
  const app = new Elysia().use(httpServerTelemetry(inMemory.telemetry)).get("/", handler);
  await (async () => app.handle(new Request("http://localhost/")))().catch(() => {});
  const [span] = await inMemory.waitForSpans(1);
  expect([span?.attributes["http.response.status_code"], span?.attributes["error.type"], span?.status]).toEqual([
    500,
    "500",
    "ERROR",
  ]);
  await inMemory.shutdown();
});

describe("HTTP SERVER span", () => {
  test.each(ROWS.map((row) => [row.clause, row] as const))("%s", async (_clause, row) => {
    const { span } = await spanOf(row.request, row.options);
    if (row.name !== undefined) expect(span.name).toBe(row.name);
    if (row.kind !== undefined) expect(span.kind).toBe(row.kind);
    if (row.status !== undefined) expect(span.status).toBe(row.status);
    expect(span.attributes).toMatchObject(row.attributes ?? {});
    for (const key of row.absent ?? []) expect(span.attributes).not.toHaveProperty([key]);
  });

  test("a thrown error is recorded once, as an event, with its message as the description", async () => {
    const { span } = await spanOf(get("/throw"));
    expect(span.status).toBe("ERROR");
    expect(span.statusMessage).toBe("boom");
    expect(span.events.map((event) => [event.name, event.attributes["exception.type"]])).toEqual([
      ["exception", "TypeError"],
    ]);
  });

  test("trust: continue joins the caller's trace, restart links to it, ignore does neither", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const call = get("/ok", { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });

    const joined = (await spanOf(call)).span;
    expect(joined.traceId).toBe(traceId);
    expect(joined.parentSpanId).toBe("00f067aa0ba902b7");

    const restarted = (await spanOf(call, { trust: "restart" })).span;
    expect(restarted.traceId).not.toBe(traceId);
    expect(restarted.parentSpanId).toBeUndefined();
    expect(restarted.links.map((link) => link.context.traceId)).toEqual([traceId]);

    const ignored = (await spanOf(call, { trust: "ignore" })).span;
    expect(ignored.traceId).not.toBe(traceId);
    expect(ignored.links).toEqual([]);
  });

  test("traceresponse names the trace, and can be turned off", async () => {
    const { span } = await spanOf(async (url) => {
      const response = await get("/ok")(url);
      expect(response.headers.get("traceresponse")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    });
    expect(span.name).toBe("GET /ok");
    await spanOf(
      async (url) => {
        const response = await get("/ok")(url);
        expect(response.headers.has("traceresponse")).toBe(false);
      },
      { traceResponse: false },
    );
  });

  test("health probes create no span, and nothing below them does", async () => {
    const { url, test: inMemory } = startApp();
    await get("/healthz")(url);
    await get("/readyz?x")(url);
    await get("/ok")(url);
    await sendRaw(url, ["GET /healthz HTTP/1.0"]);
    const spans = await inMemory.waitForSpans(1);
    expect(spans.map((span) => span.name)).toEqual(["GET /ok"]);
  });
});

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration */
describe("a client that leaves", () => {
  const left = { status: "ERROR", attributes: { "error.type": "ClientDisconnected" } };

  async function leaveWhile(handle: (leave: () => void) => unknown): Promise<TestSpan | undefined> {
    const client = new AbortController();
    const inMemory = startTestTelemetry();
    const app = new Elysia().use(httpServerTelemetry(inMemory.telemetry)).get("/", () => handle(() => client.abort()));
    await app.handle(new Request("http://localhost/", { signal: client.signal }));
    const [span] = await inMemory.waitForSpans(1);
    await inMemory.shutdown();
    return span;
  }

  test("ends the span of a handler that goes on, as soon as the handler returns", async () => {
    const span = await leaveWhile(async (leave) => {
      await Promise.resolve();
      leave();
      return "too late";
    });
    expect(span).toMatchObject(left);
    expect(span?.attributes).not.toHaveProperty("http.response.status_code");
  });

  test("ends the span of a body that is not read", async () => {
    const span = await leaveWhile((leave) => {
      setTimeout(leave);
      return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
    });
    expect(span).toMatchObject({ ...left, attributes: { ...left.attributes, "http.response.status_code": 200 } });
  });
});

describe("http.server.request.duration", () => {
  test("seconds, the buckets and the attributes of the conventions", async () => {
    const { test: inMemory } = await spanOf(get("/users/7?x=1"));
    const metric = (await inMemory.metrics()).find(({ name }) => name === "http.server.request.duration");
    expect(metric?.unit).toBe("s");
    expect(metric?.dataPoints.map((point) => point.attributes)).toEqual([
      {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/users/:id",
        "http.response.status_code": 200,
      },
    ]);
    expect(metric?.dataPoints[0]?.value).toMatchObject({
      count: 1,
      buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
    });
  });

  test("10 000 random paths that do not exist make one series", async () => {
    const test = startTestTelemetry();
    const app = new Elysia().use(httpServerTelemetry(test.telemetry)).get("/ok", () => "ok");
    for (let i = 0; i < 10_000; i++) await app.handle(new Request(`http://localhost/${Math.random().toString(36)}`));
    const metric = (await test.metrics()).find(({ name }) => name === "http.server.request.duration");
    expect(metric?.dataPoints.map(({ value, attributes }) => [(value as { count: number }).count, attributes])).toEqual(
      [[10_000, { "http.request.method": "GET", "url.scheme": "http", "http.response.status_code": 404 }]],
    );
    await test.shutdown();
  });

  test("a caller cannot make series by what it calls its host", async () => {
    const { url, test: inMemory } = startApp();
    for (let i = 0; i < 50; i++) await sendRaw(url, [`GET /x${i} HTTP/1.0`]);
    for (let i = 0; i < 50; i++) await sendRaw(url, ["GET /x HTTP/1.1", `Host: ${i}"`, "Connection: close"]);
    await inMemory.waitForSpans(100);
    const metric = (await inMemory.metrics()).find(({ name }) => name === "http.server.request.duration");
    expect(metric?.dataPoints.map(({ attributes }) => attributes)).toEqual([
      { "http.request.method": "GET", "url.scheme": "http", "http.response.status_code": 404 },
    ]);
  });

  test("active requests and body sizes are measured where asked for, and only there", async () => {
    const names = async (options: HttpServerTelemetryOptions) => {
      const { test: inMemory } = await spanOf(
        (url) =>
          fetch(new URL("/json", url), {
            method: "POST",
            body: '{"n":1}',
            headers: { "content-type": "application/json" },
          }),
        options,
      );
      const metrics = await inMemory.metrics();
      return metrics
        .filter(({ name }) => name.startsWith("http."))
        .map(({ name }) => name)
        .toSorted();
    };
    expect(await names({})).toEqual(["http.server.request.duration"]);
    expect(await names({ activeRequests: true, bodySizes: true })).toEqual([
      "http.server.active_requests",
      "http.server.request.body.size",
      "http.server.request.duration",
      "http.server.response.body.size",
    ]);
  });
});
