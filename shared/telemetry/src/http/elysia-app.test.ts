import { afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context, DiagLogLevel, diag, ROOT_CONTEXT } from "@opentelemetry/api";
import { type AnyElysia, Elysia } from "elysia";
import { withSpan } from "../span.ts";
import { startTestTelemetry } from "../testing.ts";
import { httpServerTelemetry } from "./elysia.ts";
import { tracedHandler } from "./handler.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0)) await one();
});

function memory() {
  const inMemory = startTestTelemetry();
  undo.push(() => inMemory.shutdown());
  return inMemory;
}

function listen(app: AnyElysia): URL {
  app.listen({ port: 0, hostname: "127.0.0.1" });
  undo.push(() => app.stop(true));
  if (app.server === null) throw new Error("the app did not start");
  return app.server.url;
}

function collectWarnings(): string[] {
  const warnings: string[] = [];
  const [ignore, warn] = [() => {}, (message: string) => void warnings.push(message)];
  const logger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  undo.push(() => diag.disable());
  return warnings;
}

async function loadPage(): Promise<Bun.HTMLBundle> {
  const folder = await mkdtemp(join(tmpdir(), "page-"));
  undo.push(() => rm(folder, { recursive: true }));
  const file = join(folder, "index.html");
  await Bun.write(file, "<!doctype html><title>The page</title>");
  const { default: page } = (await import(file)) as { readonly default: Bun.HTMLBundle };
  return page;
}

const text = async (url: URL, path = "") => (await fetch(new URL(path, url))).text();

describe("an application with aot: false", () => {
  test("has its spans, its routes and its header, also for plugins that load late", async () => {
    const { telemetry, waitForSpans } = memory();
    const late = Promise.withResolvers<AnyElysia>();
    const app = new Elysia({ aot: false })
      .use(httpServerTelemetry(telemetry))
      .use(late.promise)
      .get("/users/:id", ({ params }) => withSpan(telemetry, "inside", () => params.id));
    const url = listen(app);
    const answer = await fetch(new URL("/users/7", url));
    expect([await answer.text(), answer.headers.has("traceresponse")]).toEqual(["7", true]);
    late.resolve(new Elysia().get("/late", () => "late"));
    await app.modules;
    expect(await text(url, "/late")).toBe("late");
    const [inside, first, second] = await waitForSpans(3);
    expect([first?.name, second?.name]).toEqual(["GET /users/:id", "GET /late"]);
    expect(inside?.parentSpanId).toBe(first?.spanId as string);
  });

  test("that is not started by listen() is reported once, with what to do", async () => {
    const { telemetry, spans } = memory();
    const warnings = collectWarnings();
    const app = new Elysia({ aot: false }).use(httpServerTelemetry(telemetry)).get("/", () => "ok");
    for (let i = 0; i < 3; i++) expect(await (await app.handle(new Request("http://localhost/"))).text()).toBe("ok");
    expect(warnings).toEqual([expect.stringContaining("the application has `aot: false`")]);
    expect(spans()).toEqual([]);
    await tracedHandler(telemetry)(app.fetch)(new Request("http://localhost/"));
    expect(spans().map(({ name }) => name)).toEqual(["GET /"]);
    expect(warnings).toHaveLength(1);
  });
});

describe("the plugin inside group() or guard()", () => {
  const uses: Record<string, (plugin: AnyElysia) => AnyElysia> = {
    group: (plugin) => new Elysia().group("/a", (app) => app.use(plugin).get("/b", () => "ok")),
    guard: (plugin) => new Elysia().guard({}, (app) => app.use(plugin).get("/a/b", () => "ok")),
  };

  test.each(Object.keys(uses))("%s: works, or is reported once with the reason", async (kind) => {
    const { telemetry } = memory();
    const warnings = collectWarnings();
    const url = listen(uses[kind]?.(httpServerTelemetry(telemetry)) as AnyElysia);
    for (let i = 0; i < 3; i++) expect(await text(url, "/a/b")).toBe("ok");
    expect(warnings).toEqual([expect.stringContaining("group() or guard()")]);
  });
});

test("an application that filters requests out is not reported", async () => {
  const { telemetry } = memory();
  const warnings = collectWarnings();
  const app = new Elysia().use(httpServerTelemetry(telemetry, { filter: () => false })).get("/", () => "ok");
  await app.handle(new Request("http://localhost/"));
  expect(warnings).toEqual([]);
});

describe("an application that another one mounts", () => {
  test("has no span of its own, and refines the one of the request", async () => {
    const { telemetry, waitForSpans, spans, metrics } = memory();
    const inner = new Elysia()
      .use(httpServerTelemetry(telemetry, { startAttributes: () => ({ "app.part": "admin" }) }))
      .get("/", () => "home")
      .get("/users/:id", ({ params }) => withSpan(telemetry, "inside", () => params.id))
      .get("/fails", () => {
        throw new RangeError("boom");
      });
    const outer = new Elysia()
      .use(httpServerTelemetry(telemetry))
      .get("/own", () => "own")
      .mount("/admin", inner);
    const url = listen(outer);
    expect(await text(url, "/admin/users/7")).toBe("7");
    const [inside, request] = await waitForSpans(2);
    expect(request).toMatchObject({
      name: "GET /admin/users/:id",
      kind: "SERVER",
      attributes: { "http.route": "/admin/users/:id", "url.path": "/admin/users/7", "app.part": "admin" },
    });
    expect(inside?.parentSpanId).toBe(request?.spanId as string);
    for (const path of ["/admin", "/admin/fails", "/admin/nowhere", "/own"]) await text(url, path);
    expect(
      spans()
        .filter(({ kind }) => kind === "SERVER")
        .map(({ name, statusMessage }) => [name, statusMessage]),
    ).toEqual([
      ["GET /admin/users/:id", undefined],
      ["GET /admin", undefined],
      ["GET /admin/fails", "boom"],
      ["GET /admin/*", undefined],
      ["GET /own", undefined],
    ]);
    const durations = (await metrics()).find(({ name }) => name === "http.server.request.duration");
    const count = durations?.dataPoints.reduce((sum, { value }) => sum + (value as { count: number }).count, 0);
    expect(count).toBe(5);
  });

  test("by a plain handler, too", async () => {
    const { telemetry, spans } = memory();
    const inner = tracedHandler(telemetry)(() => new Response("inner"));
    const outer = tracedHandler(telemetry)((request: Request) => inner(new Request("http://localhost/b", request)));
    outer(new Request("http://localhost/a/b"));
    expect(spans()).toHaveLength(1);
  });

  test("is not what an application asks itself inside a request", async () => {
    const { telemetry, spans } = memory();
    const inner = tracedHandler(telemetry)(() => new Response("inner"));
    const outer = tracedHandler(telemetry)(() => inner(new Request("http://other/else")));
    outer(new Request("http://localhost/a/b"));
    expect(spans()).toHaveLength(2);
  });

  test("is not what is asked in the context of a request that has ended, as of a server that was started in it", async () => {
    const { telemetry, spans } = memory();
    let kept = ROOT_CONTEXT;
    const handler = tracedHandler(telemetry)(() => {
      kept = context.active();
      return new Response("x");
    });
    handler(new Request("http://localhost/"));
    context.with(kept, handler, undefined, new Request("http://localhost/"));
    expect(spans()).toHaveLength(2);
  });

  test("keeps its route where the outer application fails afterwards", async () => {
    const { telemetry, spans } = memory();
    const inner = new Elysia().use(httpServerTelemetry(telemetry)).get("/users/:id", () => "inner");
    const outer = new Elysia().use(httpServerTelemetry(telemetry)).mount("/admin", async (request) => {
      await inner.fetch(request);
      throw new Error("after it");
    });
    await outer.handle(new Request("http://localhost/admin/users/7"));
    expect(spans().map(({ name, status }) => [name, status])).toEqual([["GET /admin/users/:id", "ERROR"]]);
  });
});

describe("the plugin changes no answer", () => {
  const forms: Record<string, () => unknown> = {
    text: () => "ok",
    JSON: () => ({ a: 1 }),
    nothing: () => undefined,
    bytes: () => new Uint8Array(3),
    "a Blob": () => new Blob(["x"], { type: "a/b" }),
    "a file": () => Bun.file(import.meta.path),
    "a Response": () => new Response("x", { status: 201, headers: { "x-a": "1" } }),
    "a Response of a file": () => new Response(Bun.file(import.meta.path)),
    "a Response of bytes": () => new Response(new Uint8Array(3)),
    "a redirect": () => Response.redirect("/x"),
    "no content": () => new Response(null, { status: 204 }),
    "a file that does not exist": () => new Response(Bun.file("/no/such/file")),
    "a folder": () => new Response(Bun.file("/tmp")),
    "an empty text": () => new Response(""),
  };
  const error = () => new Response("not here", { status: 500 });
  const requests: RequestInit[] = [
    {},
    ...["0-1", "3-", "-2", "9-3", "99999999-", "-0", "0-1,3-4", "x"].map((range) => ({
      headers: { range: `bytes=${range}` },
    })),
    { headers: { range: "bytes=0-1", "if-range": '"x"' } },
    { method: "HEAD", headers: { range: "bytes=0-1" } },
  ];
  const answerOf = async (url: URL, init: RequestInit) => {
    const response = await fetch(url, { ...init, redirect: "manual" });
    const body = await response.text();
    // Bun names no type in an answer without a body, but does so once the headers of the Response were read.
    const ignored = ["date", "traceresponse", ...(body === "" ? ["content-type"] : [])];
    const headers = [...response.headers].filter(([name]) => !ignored.includes(name));
    return { status: response.status, headers, body };
  };

  /** The status on the span is what the client got, also where Bun decides it after the handler. */
  test.each(Object.keys(forms))("%s, and the span has its status", async (form) => {
    const handle = forms[form] as () => string;
    const { telemetry, spans } = memory();
    const plain = listen(new Elysia({ serve: { error } }).get("/", handle).head("/", handle));
    const options = { bodySizes: true, capturedRequestHeaders: ["*"], capturedResponseHeaders: ["*"] };
    const traced = listen(
      new Elysia({ serve: { error } }).use(httpServerTelemetry(telemetry, options)).get("/", handle).head("/", handle),
    );
    const statuses: number[] = [];
    for (const request of requests) {
      const answer = await answerOf(traced, request);
      expect(answer).toEqual(await answerOf(plain, request));
      statuses.push(answer.status);
    }
    expect(spans().map(({ attributes }) => attributes["http.response.status_code"])).toEqual(statuses);
  });

  test.each(["a page", "a page that is still loading"])("%s is served by Bun", async (kind) => {
    const { telemetry } = memory();
    const page = await loadPage();
    const app = new Elysia()
      .use(httpServerTelemetry(telemetry))
      .get("/page", kind === "a page" ? page : (Promise.resolve(page) as never))
      .post("/page", () => "posted")
      .get("/other", () => "other");
    const url = listen(app);
    await app.modules;
    expect(await text(url, "/page")).toContain("The page");
    expect(await (await fetch(new URL("/page", url), { method: "POST" })).text()).toBe("posted");
    expect(await text(url, "/other")).toBe("other");
  });
});

test("a page with a hook of the application keeps the hook", async () => {
  const { telemetry } = memory();
  const page = await loadPage();
  const app = new Elysia()
    .use(httpServerTelemetry(telemetry))
    .onBeforeHandle(({ status }) => status(401, "not you"))
    .get("/page", page);
  expect((await fetch(new URL("/page", listen(app)))).status).toBe(401);
});

describe("a stream that mapResponse answers with", () => {
  test("has its spans, and its failure is the span's", async () => {
    const { telemetry, waitForSpans } = memory();
    let pulls = 0;
    const app = new Elysia()
      .use(httpServerTelemetry(telemetry))
      .mapResponse(
        () =>
          new Response(
            new ReadableStream({
              async pull(controller) {
                await Promise.resolve();
                pulls += 1;
                if (pulls === 1) controller.enqueue(withSpan(telemetry, "inside", () => "a"));
                else controller.error(new RangeError("ran dry"));
              },
            }),
          ),
      )
      .get("/", () => "replaced");
    const response = await app.handle(new Request("http://localhost/"));
    await response.text().catch(() => {});
    const [inside, request] = await waitForSpans(2);
    expect([inside?.name, inside?.parentSpanId]).toEqual(["inside", request?.spanId]);
    expect([request?.status, request?.attributes["error.type"]]).toEqual(["ERROR", "RangeError"]);
  });
});

async function* threeBytes() {
  yield "a";
  yield "bc";
}

describe("a stream in the place of the handler's answer", () => {
  const slow = (status = 200) => {
    const chunk = async function* () {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield "late";
    };
    return new Response(chunk(), { status });
  };
  type Add = (plugin: AnyElysia) => AnyElysia;
  const places: readonly (readonly [string, number, Add])[] = [
    [
      "afterHandle",
      200,
      (plugin) =>
        new Elysia()
          .use(plugin)
          .onAfterHandle(() => slow())
          .get("/", () => ({})),
    ],
    [
      "afterHandle of a route",
      200,
      (plugin) => new Elysia().use(plugin).get("/", () => ({}), { afterHandle: () => slow() }),
    ],
    [
      "a plugin used later",
      200,
      (plugin) =>
        new Elysia()
          .use(plugin)
          .use(new Elysia().onAfterHandle({ as: "global" }, () => slow()))
          .get("/", () => ({})),
    ],
    [
      "a wrap used later",
      202,
      (plugin) =>
        new Elysia()
          .use(plugin)
          .wrap(() => () => slow(202))
          .get("/", () => ({})),
    ],
    [
      "a wrap used before",
      202,
      (plugin) =>
        new Elysia()
          .wrap(() => () => slow(202))
          .use(plugin)
          .get("/", () => ({})),
    ],
    ["a handler with aot: false", 200, (plugin) => new Elysia({ aot: false }).use(plugin).get("/", () => slow().body)],
  ];
  test.each(places)("%s: the span has its status and lasts until its end", async (_, status, add) => {
    const { telemetry, waitForSpans } = memory();
    const app = add(httpServerTelemetry(telemetry));
    const url = listen(app);
    await app.modules;
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([status, "late"]);
    const [span] = await waitForSpans(1);
    expect(span?.attributes["http.response.status_code"]).toBe(status);
    expect(span?.durationMs).toBeGreaterThan(4);
  });

  test("a file that does not exist, of afterHandle, is the 500 that the client gets", async () => {
    const { telemetry, waitForSpans } = memory();
    const url = listen(
      new Elysia({ serve: { error: () => new Response("not here", { status: 500 }) } })
        .use(httpServerTelemetry(telemetry))
        .onAfterHandle(() => Bun.file("/no/such/file"))
        .get("/", () => "x"),
    );
    const { status } = await fetch(url);
    const [span] = await waitForSpans(1);
    expect([status, span?.attributes["http.response.status_code"], span?.status]).toEqual([500, 500, "ERROR"]);
  });
});

describe("body sizes", () => {
  const file = import.meta.path;
  test.each<readonly [string, () => unknown, number | undefined]>([
    ["text", () => "héllo", 6],
    ["JSON", () => ({ a: 1 }), 7],
    ["a Response of bytes", () => new Response(new Uint8Array(1234)), 1234],
    ["a Blob", () => new Response(new Blob(["héé"])), 5],
    ["a form", () => new Response(new URLSearchParams({ a: "b" })), 3],
    ["a long text", () => "x".repeat(123_457), 123_457],
    ["a file", () => new Response(Bun.file(file)), Bun.file(file).size],
    ["a stream", () => new Response(threeBytes()), 3],
    ["a file that does not exist", () => new Response(Bun.file("/no/such/file")), undefined],
  ])("of %s, without a content-length", async (_what, handle, size) => {
    const { telemetry, metrics, waitForSpans } = memory();
    const app = new Elysia().use(httpServerTelemetry(telemetry, { bodySizes: true })).get("/", handle as () => string);
    const response = await app.handle(new Request("http://localhost/"));
    if (size !== undefined) await response.text();
    await waitForSpans(1);
    const metric = (await metrics()).find(({ name }) => name === "http.server.response.body.size");
    const sums = metric?.dataPoints.map(({ value }) => (value as { sum: number }).sum);
    expect(sums).toEqual(size === undefined ? undefined : [size]);
  });
});

/** These turn red when Bun reports more. Then the row of docs/spans.md can go. */
describe("limits of Bun", () => {
  test("the headers that Bun adds to an answer are not in the Response", async () => {
    const { telemetry, waitForSpans } = memory();
    const capturedResponseHeaders = ["content-type", "content-length", "date"];
    const serve = tracedHandler(telemetry, { capturedResponseHeaders });
    const server = Bun.serve({ port: 0, fetch: serve(() => new Response("x")) });
    undo.push(() => server.stop(true));
    const { headers } = await fetch(server.url);
    for (const name of capturedResponseHeaders) expect(headers.has(name)).toBe(true);
    const [span] = await waitForSpans(1);
    expect(Object.keys(span?.attributes ?? {}).filter((key) => key.startsWith("http.response.header"))).toEqual([]);
  });

  test("a part of a file is answered with 206 by Bun alone, and with 200 once its headers were read", async () => {
    const { telemetry, waitForSpans } = memory();
    const part = () => new Response(Bun.file(import.meta.path).slice(2, 9));
    const [plain, traced] = [part, tracedHandler(telemetry)(part)].map((handle) =>
      Bun.serve({ port: 0, fetch: handle }),
    );
    undo.push(
      () => plain?.stop(true),
      () => traced?.stop(true),
    );
    expect([(await fetch(plain?.url ?? "")).status, (await fetch(traced?.url ?? "")).status]).toEqual([206, 200]);
    const [span] = await waitForSpans(1);
    expect(span?.attributes["http.response.status_code"]).toBe(200);
  });

  test("a stream of Bun's own has a content-type that is lost where its end is followed", async () => {
    const { telemetry } = memory();
    const handle = (_request: Request) => new Response(new Blob(["x"]).stream());
    const types = async (fetchOf: typeof handle) => {
      await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: fetchOf });
      return (await fetch(server.url)).headers.get("content-type");
    };
    expect([await types(handle), await types(tracedHandler(telemetry)(handle))]).toEqual([
      "application/octet-stream",
      null,
    ]);
  });

  test("a Response as a route has another content-type with any plugin that has hooks", async () => {
    const app = () => new Elysia();
    const hooks = new Elysia().onTransform({ as: "global" }, () => {});
    const typeOf = async (listening: AnyElysia) => (await fetch(listen(listening))).headers.get("content-type");
    const [plain, hooked] = [
      app(),
      app()
        .use(hooks)
        .wrap((handle) => handle),
    ].map((one) => typeOf(one.get("/", new Response("x"))));
    expect([await plain, await hooked]).toEqual([null, "application/octet-stream"]);
  });

  test("a method that Bun does not know is sent as GET", () => {
    expect(new Request("http://localhost/", { method: "CUSTOM" }).method).toBe("GET");
  });

  test("a method that Bun does not know closes the connection", async () => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("x") });
    undo.push(() => server.stop(true));
    const { promise: answer, resolve } = Promise.withResolvers<string>();
    let received = "";
    await Bun.connect({
      hostname: "127.0.0.1",
      port: server.port ?? 0,
      socket: {
        open: (socket) => void socket.write("CUSTOM / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        data: (_socket, data) => {
          received += data.toString();
        },
        close: () => resolve(received),
      },
    });
    expect(await answer).not.toContain("200");
  });

  test("a handler that returns nothing and accepts no WebSocket has no status", async () => {
    const { telemetry, waitForSpans } = memory();
    const nothing = tracedHandler(telemetry)(() => undefined as unknown as Response);
    const server = Bun.serve({ port: 0, development: false, fetch: nothing });
    undo.push(() => server.stop(true));
    expect((await fetch(server.url)).status).toBe(204);
    const [span] = await waitForSpans(1);
    expect(span?.attributes).not.toHaveProperty(["http.response.status_code"]);
  });
});
