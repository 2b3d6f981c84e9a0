import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Attributes, context, propagation, ROOT_CONTEXT, SpanStatusCode } from "@opentelemetry/api";
import { suppressTracing } from "../suppression.ts";
import { startTestTelemetry, type TestSpan } from "../testing.ts";
import { tracedFetch } from "./client.ts";
import type { HttpClientTelemetryOptions } from "./options.ts";

/** Answers with what it was sent, so that a test sees what went over the wire. */
let peer: Bun.Server<undefined>;
beforeAll(() => {
  peer = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/status/:code": (request) => new Response("", { status: Number(request.params.code) }),
      "/hang": () => new Promise<Response>(() => {}),
      "/to/:where": (request) => new Response(null, { status: 302, headers: { location: request.params.where } }),
    },
    fetch: async (request) =>
      Response.json(
        { method: request.method, headers: request.headers.toJSON(), body: await request.text() },
        { headers: { "x-answer": "42" } },
      ),
  });
});
afterAll(() => peer.stop(true));

interface Row {
  readonly clause: string;
  readonly request: (fetcher: typeof fetch) => Promise<unknown>;
  readonly options?: HttpClientTelemetryOptions;
  readonly name?: string;
  readonly status?: TestSpan["status"];
  readonly attributes?: () => Attributes;
  readonly absent?: readonly string[];
}

const at = (path: string): string => new URL(path, peer.url).href;
const refused = "http://127.0.0.1:1/";
const ignoreFailure = () => {};

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span */
const ROWS: readonly Row[] = [
  { clause: "name is {method}: there is no template to go by", request: (f) => f(at("/a/7")), name: "GET" },
  {
    clause: "an unknown method is _OTHER and HTTP in the name",
    request: (f) => f(at("/a"), { method: "PROPFIND" }),
    name: "HTTP",
    attributes: () => ({ "http.request.method": "_OTHER", "http.request.method_original": "PROPFIND" }),
  },
  {
    clause: "the required attributes",
    request: (f) => f(at("/a?b=1")),
    attributes: () => ({
      "http.request.method": "GET",
      "server.address": "127.0.0.1",
      "server.port": peer.port ?? 0,
      "url.full": at("/a?b=1"),
      "http.response.status_code": 200,
    }),
    absent: ["error.type", "http.request.method_original", "url.path"],
  },
  {
    clause: "url.full never holds credentials, nor secrets of the query",
    request: (f) => f(at("/a?sig=s3cret").replace("http://", "http://me:pass@")),
    attributes: () => ({ "url.full": at("/a?sig=REDACTED").replace("http://", "http://REDACTED:REDACTED@") }),
  },
  { clause: "3xx is not an error", request: (f) => f(at("/status/304")), status: "UNSET", absent: ["error.type"] },
  {
    clause: "4xx is an error for the client, error.type is the code",
    request: (f) => f(at("/status/404")),
    status: "ERROR",
    attributes: () => ({ "http.response.status_code": 404, "error.type": "404" }),
  },
  {
    clause: "5xx is an error",
    request: (f) => f(at("/status/500")),
    status: "ERROR",
    attributes: () => ({ "error.type": "500" }),
  },
  {
    clause: "no answer at all: error.type is the exception's",
    request: (f) => f(refused).catch(ignoreFailure),
    status: "ERROR",
    attributes: () => ({ "error.type": "ECONNREFUSED" }),
    absent: ["http.response.status_code"],
  },
  {
    clause: "a request that its caller aborts is not an error",
    request: (f) => {
      const abort = new AbortController();
      const answer = f(at("/hang"), { signal: abort.signal }).catch(ignoreFailure);
      queueMicrotask(() => abort.abort());
      return answer;
    },
    status: "UNSET",
    absent: ["error.type", "http.response.status_code"],
  },
  {
    clause: "headers are captured only from the list",
    request: (f) => f(at("/a"), { headers: { "x-tenant": "a", "x-secret": "s" } }),
    options: { capturedRequestHeaders: ["x-tenant"], capturedResponseHeaders: ["X-Answer"] },
    attributes: () => ({ "http.request.header.x-tenant": ["a"], "http.response.header.x-answer": ["42"] }),
    absent: ["http.request.header.x-secret"],
  },
  {
    clause: "lists of headers take patterns and exclusions, in any case, and a pattern matches no header of secrets",
    request: (f) =>
      f(at("/a"), {
        headers: { "x-req-id": "1", "X-Req-Secret": "s", "x-req-token": "s", "x-req-noise": "s", cookie: "s" },
      }),
    options: {
      capturedRequestHeaders: {
        include: ["X-REQ-*", "*e*"],
        exclude: ["x-req-NOI*", "accept*", "con*", "use*"],
      },
    },
    attributes: () => ({ "http.request.header.x-req-id": ["1"] }),
    absent: ["secret", "token", "noise"]
      .map((name) => `http.request.header.x-req-${name}`)
      .concat("http.request.header.cookie"),
  },
  {
    clause: "a header that is written out is recorded, but never the credentials of an authorization",
    request: (f) => f(at("/a"), { headers: { authorization: "Bearer s3cret", "x-api-key": "k", cookie: "a=1" } }),
    options: { capturedRequestHeaders: ["Authorization", "x-api-key", "cookie"] },
    attributes: () => ({
      "http.request.header.authorization": ["Bearer REDACTED"],
      "http.request.header.x-api-key": ["k"],
      "http.request.header.cookie": ["a=1"],
    }),
  },
  {
    clause: "secrets of a URL in a header are redacted",
    request: (f) => f(at("/a"), { headers: { referer: "http://me:s3cret@h/?token=s3cret&a=1" } }),
    options: { capturedRequestHeaders: ["referer"] },
    attributes: () => ({ "http.request.header.referer": ["http://REDACTED:REDACTED@h/?token=REDACTED&a=1"] }),
  },
  {
    clause: "the list of secret query keys can be set",
    request: (f) => f(at("/a?session=s3cret&token=1")),
    options: { redactedQueryKeys: ["SESSION"] },
    attributes: () => ({ "url.full": at("/a?session=REDACTED&token=1") }),
  },
  {
    clause: "url.template and the name come from the request",
    request: (f) => f(at("/users/7")),
    options: { urlTemplate: (request) => new URL(request.url).pathname.replace(/\d+/, "{id}") },
    name: "GET /users/{id}",
    attributes: () => ({ "url.template": "/users/{id}" }),
  },
  {
    clause: "no url.template where the function knows none, or fails",
    request: (f) => f(at("/a")),
    options: { urlTemplate: fail },
    name: "GET",
    absent: ["url.template"],
  },
  {
    clause: "a method that Bun does not know is sent as GET, and the span says what was sent",
    request: async (f) => {
      const { method } = (await (await f(at("/a"), { method: "CUSTOM" })).json()) as { readonly method: string };
      expect(method).toBe("GET");
    },
    name: "GET",
    attributes: () => ({ "http.request.method": "GET" }),
    absent: ["http.request.method_original"],
  },
  {
    clause: "hooks: name, attributes at start and end, status",
    request: (f) => f(at("/a")),
    options: {
      spanName: (request, name) => `${name} ${new URL(request.url).pathname}`,
      startAttributes: () => ({ "app.start": 1 }),
      endAttributes: ({ response }) => ({ "app.end": response?.status ?? 0 }),
      spanStatus: () => ({ code: SpanStatusCode.ERROR }),
    },
    name: "GET /a",
    status: "ERROR",
    attributes: () => ({ "app.start": 1, "app.end": 200 }),
  },
  {
    clause: "hooks that throw change nothing",
    request: async (f) => expect((await f(at("/a"))).status).toBe(200),
    options: { filter: fail, spanName: fail, startAttributes: fail, endAttributes: fail, spanStatus: fail },
    name: "GET",
    status: "UNSET",
  },
];

function fail(): never {
  throw new Error("a mistake in a hook");
}

describe("HTTP CLIENT span", () => {
  test.each(ROWS.map((row) => [row.clause, row] as const))("%s", async (_clause, row) => {
    const inMemory = startTestTelemetry();
    await row.request(tracedFetch(inMemory.telemetry, row.options));
    const [span] = await inMemory.waitForSpans(1);
    if (row.name !== undefined) expect(span?.name).toBe(row.name);
    expect(span?.kind).toBe("CLIENT");
    if (row.status !== undefined) expect(span?.status).toBe(row.status);
    expect(span?.attributes).toMatchObject(row.attributes?.() ?? {});
    for (const key of row.absent ?? []) expect(span?.attributes).not.toHaveProperty([key]);
    await inMemory.shutdown();
  });
});

describe("tracedFetch", () => {
  const inMemory = startTestTelemetry();
  const fetcher = tracedFetch(inMemory.telemetry);
  const seen = async (...call: Parameters<typeof fetch>) =>
    (await fetcher(...call).then((response) => response.json())) as {
      method: string;
      headers: Record<string, string>;
      body: string;
    };

  test("sends the trace and the baggage along", async () => {
    const baggage = propagation.createBaggage({ tenant: { value: "a b" } });
    inMemory.reset();
    const { headers } = await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => seen(at("/a")));
    const [span] = inMemory.spans();
    expect(headers.traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-03`);
    expect(headers.baggage).toBe("tenant=a%20b");
  });

  test.each([
    ["a URL and options", () => [at("/a"), { method: "POST", body: "x", headers: { "x-mine": "1" } }]],
    ["a URL object", () => [new URL(at("/a")), { method: "POST", body: "x", headers: [["x-mine", "1"]] }]],
    ["a Request", () => [new Request(at("/a"), { method: "POST", body: "x", headers: { "x-mine": "1" } })]],
    [
      "a Request and options that win",
      () => [
        new Request(at("/a"), { method: "PUT", body: "y", headers: { "x-mine": "0" } }),
        { method: "POST", body: "x", headers: { "x-mine": "1" } },
      ],
    ],
    [
      "a streamed body",
      () => [at("/a"), { method: "POST", body: new Response("x").body, headers: new Headers({ "x-mine": "1" }) }],
    ],
  ] as readonly (readonly [string, () => Parameters<typeof fetch>])[])(
    "passes on %s as fetch does",
    async (_what, call) => {
      const { method, body, headers } = await seen(...call());
      expect([method, body, headers["x-mine"]]).toEqual(["POST", "x", "1"]);
    },
  );

  test("does not change what the caller passed", async () => {
    const headers = new Headers({ "x-mine": "1" });
    const request = new Request(at("/a"), { headers });
    await seen(request);
    await seen(at("/a"), { headers });
    expect([...headers.keys(), ...request.headers.keys()]).toEqual(["x-mine", "x-mine"]);
  });

  test("throws what fetch throws", async () => {
    const plain = await fetch(refused).catch((error: unknown) => error);
    const traced = await fetcher(refused).catch((error: unknown) => error);
    expect([(traced as Error).name, (traced as { code?: string }).code]).toEqual([
      (plain as Error).name,
      (plain as { code?: string }).code,
    ]);
    const { signal } = { signal: 5 } as unknown as { readonly signal: AbortSignal };
    const mistakes: readonly Parameters<typeof fetch>[] = [
      ["not a url"],
      [""],
      ["http://h:99999/"],
      [refused, { signal }],
    ];
    for (const mistake of mistakes) {
      const [told, expected] = await Promise.all(
        [fetcher, fetch].map(async (f) => String(await (async () => f(...mistake))().catch((error: unknown) => error))),
      );
      expect(told).toBe(expected as string);
    }
  });

  test("keeps fetch.preconnect", () => {
    expect(fetcher.preconnect).toBe(fetch.preconnect);
  });

  test("captures the headers that carry the trace as they were sent", async () => {
    const memory = startTestTelemetry();
    const fetcher = tracedFetch(memory.telemetry, {
      capturedRequestHeaders: ["traceparent"],
      propagateTo: ["127.0.0.1"],
    });
    const response = await fetcher(at("/a"), { headers: { traceparent: "of another request" } });
    const sent = ((await response.json()) as { readonly headers: Record<string, string> }).headers.traceparent;
    const unlisted = tracedFetch(memory.telemetry, { capturedRequestHeaders: ["traceparent"], propagateTo: [] });
    await unlisted(at("/a"), { headers: { traceparent: "of another request" } });
    const [span, ofUnlisted] = memory.spans();
    expect(span?.attributes["http.request.header.traceparent"]).toEqual([sent]);
    expect(sent).toBe(`00-${span?.traceId}-${span?.spanId}-03`);
    expect(ofUnlisted?.attributes).not.toHaveProperty(["http.request.header.traceparent"]);
    await memory.shutdown();
  });

  test("sends the trace to listed hosts only", async () => {
    const listed = tracedFetch(inMemory.telemetry, { propagateTo: [`127.0.0.1:${peer.port}`] });
    const unlisted = tracedFetch(inMemory.telemetry, { propagateTo: ["api.example"] });
    const headersOf = async (f: typeof fetch) =>
      ((await (await f(at("/a"))).json()) as { headers: Record<string, string> }).headers;
    expect(await headersOf(listed)).toHaveProperty("traceparent");
    const headers = await headersOf(unlisted);
    expect(headers).not.toHaveProperty("traceparent");
    expect(headers).not.toHaveProperty("baggage");
  });

  test("a filtered request, and one made where tracing is suppressed, is plain fetch", async () => {
    inMemory.reset();
    const filtered = tracedFetch(inMemory.telemetry, { filter: () => false });
    const answer = (await (await filtered(at("/a"), { method: "POST", body: "x" })).json()) as { body: string };
    expect(answer.body).toBe("x");
    const { headers } = await context.with(suppressTracing(ROOT_CONTEXT), () => seen(at("/a")));
    expect(headers).not.toHaveProperty("traceparent");
    expect(inMemory.spans()).toEqual([]);
  });

  test("a secret of a URL is in no span, no metric and no error", async () => {
    const own = startTestTelemetry();
    const f = tracedFetch(own.telemetry, {
      bodySizes: true,
      activeRequests: true,
      capturedResponseHeaders: ["location"],
    });
    const peerWith = at("/a?token=s3cret#access_token=s3cret").replace("http://", "http://admin:s3cret@");
    await f(peerWith);
    await f(refused.replace("http://", "http://admin:s3cret@")).catch(ignoreFailure);
    const target = encodeURIComponent("ftp://admin:s3cret@h/?sig=s3cret");
    const error = await f(at(`/to/${target}?token=s3cret`)).catch((thrown: unknown) => thrown);
    const all = JSON.stringify([own.spans(), await own.metrics()]) + (error as Error).message;
    expect(own.spans()).toHaveLength(3);
    expect(all).not.toContain("s3cret");
    expect(all).not.toContain("admin");
    await own.shutdown();
  });

  test.each([
    ["an error", new Error("superseded")],
    ["a text", "superseded"],
    ["an object", { superseded: true }],
    ["no reason", undefined],
  ])("a request that its caller cancels with %s is not an error", async (_what, reason) => {
    const own = startTestTelemetry();
    for (const redirect of ["follow", "manual"] as const) {
      for (const early of [true, false]) {
        const caller = new AbortController();
        if (early) caller.abort(reason);
        const { signal } = caller;
        const answer = tracedFetch(own.telemetry)(at("/hang"), { signal, redirect }).catch(ignoreFailure);
        caller.abort(reason);
        await answer;
      }
    }
    expect(own.spans().map(({ status, events, attributes }) => [status, events, attributes["error.type"]])).toEqual(
      Array.from({ length: 4 }, () => ["UNSET", [], undefined]),
    );
    await own.shutdown();
  });

  test("a timeout is an error", async () => {
    const own = startTestTelemetry();
    await tracedFetch(own.telemetry)(at("/hang"), { signal: AbortSignal.timeout(1) }).catch(ignoreFailure);
    const [span] = own.spans();
    expect([span?.status, span?.attributes["error.type"]]).toEqual(["ERROR", "TimeoutError"]);
    await own.shutdown();
  });

  test("what is not HTTP has no span and works as fetch does", async () => {
    inMemory.reset();
    expect(await (await fetcher(`data:text/plain,${"x".repeat(3_000_000)}`)).text()).toHaveLength(3_000_000);
    expect(await (await fetcher(URL.createObjectURL(new Blob(["blob"])))).text()).toBe("blob");
    expect(await (await fetcher(Bun.pathToFileURL(import.meta.path))).text()).toBe(
      await Bun.file(import.meta.path).text(),
    );
    expect(inMemory.spans()).toEqual([]);
  });

  test("every text attribute has a bound on its length", async () => {
    const own = startTestTelemetry();
    const long = "x".repeat(8000);
    const options = { capturedRequestHeaders: ["x-long"], urlTemplate: () => `/${long}` };
    await tracedFetch(own.telemetry, options)(at(`/a?${long}`), { headers: { "x-long": long } });
    const [span] = own.spans();
    for (const value of Object.values(span?.attributes ?? {}).flat()) expect(String(value).length).toBeLessThan(4097);
    expect(span?.name.length).toBeLessThan(4110);
    await own.shutdown();
  });

  test.each([undefined, { method: "PUT", signal: undefined } as unknown as BunFetchRequestInit])(
    "the streamed body of a Request is taken over and not copied, which would keep all of it: options %p",
    async (init) => {
      const body = new ReadableStream({
        async pull(controller) {
          await Promise.resolve();
          controller.enqueue(new TextEncoder().encode("x"));
          controller.close();
        },
      });
      const request = new Request(at("/a"), { method: "POST", body, headers: { "x-mine": "1" } });
      const answer = await seen(request, init);
      expect([answer.method, answer.body, answer.headers["x-mine"]]).toEqual([init ? "PUT" : "POST", "x", "1"]);
      expect(request.bodyUsed).toBe(true);
    },
  );

  test.each([undefined, ["127.0.0.1"]])(
    "a streamed upload is not kept in memory, with propagateTo %p",
    async (propagateTo) => {
      const chunks: WeakRef<Uint8Array>[] = [];
      const body = new ReadableStream({
        pull(controller) {
          if (chunks.length === 20) return controller.close();
          const chunk = new Uint8Array(100_000);
          chunks.push(new WeakRef(chunk));
          controller.enqueue(chunk);
        },
      });
      const { promise: checked, resolve: answer } = Promise.withResolvers<void>();
      const { promise: received, resolve: hasReceived } = Promise.withResolvers<number>();
      const sink = Bun.serve({
        port: 0,
        async fetch(request) {
          hasReceived((await request.bytes()).length);
          await checked;
          return new Response();
        },
      });
      const options = propagateTo === undefined ? {} : { propagateTo };
      const response = tracedFetch(inMemory.telemetry, options)(sink.url, { method: "POST", body });
      expect(await received).toBe(2_000_000);
      // A reference lives until the end of the job that made it.
      await new Promise((resolve) => setImmediate(resolve));
      Bun.gc(true);
      expect(chunks.filter((chunk) => chunk.deref() !== undefined).length).toBeLessThan(10);
      answer();
      await response;
      await sink.stop(true);
    },
  );

  /** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration */
  test("http.client.request.duration has the attributes of the conventions", async () => {
    const own = startTestTelemetry();
    await tracedFetch(own.telemetry)(at("/status/503?x=1"));
    const metric = (await own.metrics()).find(({ name }) => name === "http.client.request.duration");
    expect(metric?.unit).toBe("s");
    expect(metric?.dataPoints.map((point) => point.attributes)).toEqual([
      {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": peer.port ?? 0,
        "http.response.status_code": 503,
        "error.type": "503",
      },
    ]);
    await own.shutdown();
  });
});
