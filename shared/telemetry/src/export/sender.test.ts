/** What the stock exporters lack on their own. Against real receivers on this machine. */
import { afterAll, describe, expect, test } from "bun:test";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { readTelemetryConfig } from "../config.ts";
import { startReporting } from "../start-reporting.fixture.ts";
import { cleanUp, closeAll, connect, delivered, grpc, never, serve, serveGrpc } from "./sender.fixture.ts";
import { createSender } from "./sender.ts";

afterAll(closeAll);

describe("a connection that the receiver closed while it was idle", () => {
  test("is not a lost batch", async () => {
    let answered = 0;
    const seen = new WeakSet<object>();
    // Answers the first request of a connection, and closes it at the second, as a server that was about to close it.
    const server = Bun.listen({
      hostname: "localhost",
      port: 0,
      socket: {
        data: (socket) => {
          if (seen.has(socket)) {
            socket.terminate();
            return;
          }
          seen.add(socket);
          answered += 1;
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n");
        },
      },
    });
    cleanUp.push(() => server.stop(true));
    const { sender } = connect(`http://localhost:${server.port}`);
    for (let count = 0; count < 2; count += 1) expect(await sender.send([])).toEqual(delivered);
    expect(answered).toBe(2);
  });
});

describe("an end", () => {
  test.each(["http", "grpc"])("when the time to shut down is up, over %s", async (kind) => {
    const received = Promise.withResolvers<void>();
    const answer = () => {
      received.resolve();
      return never();
    };
    const { url } = kind === "http" ? serve(answer) : await serveGrpc(answer);
    const { sender, timeIsUp } = connect(url, kind === "http" ? {} : grpc);
    const outcome = sender.send([]);
    await received.promise;
    timeIsUp.abort();
    expect(await outcome).toMatchObject({ ok: false, errorType: "shutdown" });
  });

  test("gives the reason of an earlier try, not that there was no time for another", async () => {
    const { promise: second, resolve } = Promise.withResolvers<void>();
    const { url } = serve((index) => {
      if (index === 0) return new Response("", { status: 503 });
      resolve();
      return never();
    });
    const { sender, timeIsUp } = connect(url);
    const outcome = sender.send([]);
    await second;
    timeIsUp.abort();
    expect(await outcome).toMatchObject({ ok: false, errorType: "unavailable" });
  });

  test("closes the connection of a request without an answer, which would keep the process alive", async () => {
    const received = Promise.withResolvers<void>();
    const dropped = Promise.withResolvers<void>();
    const server = Bun.serve({
      port: 0,
      hostname: "localhost",
      idleTimeout: 0,
      fetch: (request) => {
        request.signal.addEventListener("abort", () => dropped.resolve());
        received.resolve();
        return never();
      },
    });
    cleanUp.push(() => server.stop(true));
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: "60000" };
    const { sender, timeIsUp } = connect(`http://localhost:${server.port}`, env);
    const outcome = sender.send([]);
    await received.promise;
    timeIsUp.abort();
    await outcome;
    sender.close();
    await dropped.promise;
  });

  test("for an answer that trickles in, which never is silent for as long as the stock timeout", async () => {
    const trickle = async function* () {
      for (;;) {
        yield new Uint8Array(1);
        await Bun.sleep(10);
      }
    };
    const { url } = serve(() => new Response(trickle()));
    const outcome = await connect(url, { OTEL_EXPORTER_OTLP_TIMEOUT: "100" }).sender.send([]);
    expect(outcome).toMatchObject({ ok: false, errorType: "timeout", reason: "no answer within 100 ms" });
  });

  test("of the connections whose answers trickle in, too", async () => {
    const closed = new Set<object>();
    const allClosed = Promise.withResolvers<void>();
    const server = Bun.listen({
      hostname: "localhost",
      port: 0,
      socket: {
        data: (socket) => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
          const timer = setInterval(() => (closed.has(socket) ? clearInterval(timer) : socket.write("x")), 10);
        },
        close: (socket) => {
          closed.add(socket);
          if (closed.size === 3) allClosed.resolve();
        },
      },
    });
    cleanUp.push(() => server.stop(true));
    const { sender } = connect(`http://localhost:${server.port}`, { OTEL_EXPORTER_OTLP_TIMEOUT: "100" });
    for (let count = 0; count < 3; count += 1) {
      expect(await sender.send([])).toMatchObject({ ok: false, errorType: "timeout" });
    }
    await allClosed.promise;
  });
});

describe("an answer", () => {
  // ExportTracePartialSuccess { rejected_spans = 1, error_message = "old" } in field 1 of the response.
  const rejectsOne = new Uint8Array([0x0a, 7, 0x08, 1, 0x12, 3, ...Buffer.from("old")]);

  test("over HTTP and over gRPC says what was rejected", async () => {
    const rejected = { ok: true, rejected: 1, reason: "old" } as const;
    const http = serve(() => new Response(rejectsOne));
    expect(await connect(http.url).sender.send([])).toEqual(rejected);
    const overGrpc = await serveGrpc((_call, reply) => reply(null, Buffer.from(rejectsOne)));
    expect(await connect(overGrpc.url, grpc).sender.send([])).toEqual(rejected);
  });

  test.each([
    ["a web page", "<!doctype html><title>Sign in</title>"],
    [
      "a web page after an empty line",
      "\n<!doctype html><title>Sign in to this network, please, before you go on</title>",
    ],
    ["a text", "It works!"],
    ["a JSON list", "[]"],
    ["bytes", new Uint8Array([0xff, 0xff, 0xff])],
  ])("of 200 that is %s is not one of an OTLP receiver", async (_, body) => {
    const { url } = serve(() => new Response(body));
    for (const protocol of ["http/protobuf", "http/json"]) {
      const { sender } = connect(url, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
      expect(await sender.send([])).toMatchObject({
        ok: false,
        reason: "the server is not an OTLP receiver",
        errorType: "not_otlp",
      });
    }
  });

  test("that is compressed is read", async () => {
    const headers = { "content-encoding": "gzip" };
    const { url } = serve((index) => new Response(Bun.gzipSync(index === 0 ? "" : "<html>"), { headers }));
    const { sender } = connect(url);
    expect([(await sender.send([])).ok, (await sender.send([])).ok]).toEqual([true, false]);
  });

  test.each([
    ["text", '"2"', 2],
    ["a fraction", "0.5", 0],
    ["less than nothing", "-3", 0],
    ["more than can be counted", "9e99", 0],
    ["no number", '{ "valueOf": 1, "toString": 1 }', 0],
  ])("whose number of rejected spans is %s", async (_, rejectedSpans, rejected) => {
    const { url } = serve(() => new Response(`{ "partialSuccess": { "rejectedSpans": ${rejectedSpans} } }`));
    expect(await connect(url).sender.send([])).toEqual({ ok: true, rejected, reason: "" });
  });

  test("with a reason of several lines that is long is cut short", async () => {
    const partialSuccess = { rejectedSpans: 1, errorMessage: "x\n".repeat(10_000) };
    const { url } = serve(() => Response.json({ partialSuccess }));
    expect(await connect(url).sender.send([])).toEqual({ ok: true, rejected: 1, reason: "x ".repeat(100) });
  });

  test("that unpacks to more than 4 MiB is not unpacked", async () => {
    // An empty answer, if it were read.
    const { url } = serve(() => new Response(Bun.gzipSync(`{}${" ".repeat(64 * 1024 * 1024)}`)));
    expect(await connect(url).sender.send([])).toMatchObject({ ok: false, errorType: "not_otlp" });
  });

  test("of more than 4 MiB is not read", async () => {
    const { url } = serve(() => new Response(new Uint8Array(6 * 1024 * 1024)));
    expect(await connect(url).sender.send([])).toMatchObject({ ok: false });
  });

  test("that redirects is not followed: the data would go to another host", async () => {
    const elsewhere = serve(() => new Response());
    const { url } = serve(() => Response.redirect(elsewhere.url, 307));
    expect(await connect(url).sender.send([])).toMatchObject({ ok: false, errorType: "307" });
    expect(elsewhere.requests()).toBe(0);
  });
});

test("an export runs outside of the request that filled the batch, with tracing off", async () => {
  const provider = new BasicTracerProvider();
  const KEY = createContextKey("request");
  const seen: unknown[] = [];
  const send = async (_body: Uint8Array, _timeoutMs: number) => {
    await Promise.resolve();
    // What an instrumented http module would do.
    const recording = provider.getTracer("http").startSpan("export").isRecording();
    seen.push([context.active().getValue(KEY), recording]);
    return { status: "success" };
  };
  const serializer = { serializeRequest: () => new Uint8Array(), deserializeResponse: () => ({}) };
  const exporter = {
    _delegate: { _transport: { send }, _serializer: serializer },
    export: (_items: ReadableSpan[]) => {},
    shutdown: () => Promise.resolve(),
  };
  const { config } = readTelemetryConfig({});
  const { signal } = new AbortController();
  const stopping = { begun: signal, timeIsUp: signal, timeLeftMs: () => 3000 };
  const destination = { signal: "TRACES", otlp: config.traces.otlp } as const;
  const sender = createSender({ create: () => exporter, destination, stopping, holdMs: 0 });
  startReporting({});
  const sent = context.with(ROOT_CONTEXT.setValue(KEY, "a request"), () => sender.send([]));
  expect(await sent).toEqual(delivered);
  expect(seen).toEqual([[undefined, false]]);
});

test("an exporter whose parts have moved is reported, and breaks nothing", async () => {
  const { config } = readTelemetryConfig({});
  const { signal } = new AbortController();
  const moved = { export: () => {}, shutdown: () => Promise.resolve() };
  const destination = { signal: "TRACES", otlp: config.traces.otlp } as const;
  const stopping = { begun: signal, timeIsUp: signal, timeLeftMs: () => 3000 };
  const sender = createSender({ create: () => moved, destination, stopping, holdMs: 0 });
  expect(await sender.send([])).toMatchObject({ ok: false, errorType: "exporter" });
});
