/** What the stock exporters lack on their own. Against real receivers on this machine. */
import { afterAll, describe, expect, test } from "bun:test";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { readTelemetryConfig } from "../config.ts";
import { startReporting } from "../start-reporting.fixture.ts";
import { createTraceExporter } from "./otlp.ts";
import { createSender, type Sender } from "./sender.ts";

const cleanUp: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of cleanUp) await close();
});

function connect(endpoint: string, env: Readonly<Record<string, string>> = {}) {
  const { config } = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env });
  const { otlp } = config.traces;
  const begun = new AbortController();
  const timeIsUp = new AbortController();
  const timeLeftMs = (): number => (begun.signal.aborted ? 3000 : Number.POSITIVE_INFINITY);
  const stopping = { begun: begun.signal, timeIsUp: timeIsUp.signal, timeLeftMs };
  const sender: Sender<ReadableSpan[]> = createSender(
    (closed) => createTraceExporter(otlp, closed),
    { signal: "TRACES", otlp },
    stopping,
  );
  cleanUp.push(() => sender.close());
  return { sender, begun, timeIsUp };
}

function serve(answer: (index: number) => Response | Promise<Response>) {
  let requests = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "localhost",
    idleTimeout: 0,
    fetch: async (request) => {
      await request.bytes();
      requests += 1;
      return answer(requests - 1);
    },
  });
  cleanUp.push(() => server.stop(true));
  return { url: `http://localhost:${server.port}`, requests: () => requests };
}

type Handler = (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => void;

async function serveGrpc(handler: Handler) {
  let requests = 0;
  const server = new Server();
  const same = (bytes: Buffer): Buffer => bytes;
  const codec = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  server.addService(
    { export: { path, requestStream: false, responseStream: false, ...codec } },
    {
      export: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
        requests += 1;
        handler(call, reply);
      },
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("localhost:0", ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  cleanUp.push(() => server.forceShutdown());
  return { url: `http://localhost:${await promise}`, requests: () => requests };
}

const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
const delivered = { ok: true, rejected: 0, reason: "" } as const;
const never = () => new Promise<Response>(() => {});

describe("a retry", () => {
  test("over HTTP: what is retryable is sent again until it is taken", async () => {
    const { url, requests } = serve((index) => new Response("", { status: index === 0 ? 503 : 200 }));
    expect(await connect(url).sender.send([])).toEqual(delivered);
    expect(requests()).toBe(2);
  });

  test("over gRPC, where the stock exporter does not retry", async () => {
    let calls = 0;
    const { url } = await serveGrpc((_call, reply) => {
      calls += 1;
      if (calls === 1) reply({ code: status.UNAVAILABLE, details: "starting" });
      else reply(null, Buffer.alloc(0));
    });
    expect(await connect(url, grpc).sender.send([])).toEqual(delivered);
    expect(calls).toBe(2);
  });

  test.each([400, 401, 404, 413, 500, 501])("not of HTTP %d", async (code) => {
    const { url, requests } = serve(() => new Response("no", { status: code }));
    expect(await connect(url).sender.send([])).toMatchObject({ ok: false, errorType: String(code) });
    expect(requests()).toBe(1);
  });

  const names = Object.keys(status).filter((name) => Number.isNaN(Number(name)) && name !== "OK");
  const retryable = ["CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"];
  test.each(names as (keyof typeof status)[])("of gRPC's %s as the specification says", async (name) => {
    const { promise: called, resolve } = Promise.withResolvers<void>();
    const { url, requests } = await serveGrpc((_call, reply) => {
      reply({ code: status[name], details: "no" });
      if (requests() > 1 || !retryable.includes(name)) resolve();
    });
    const { sender, begun, timeIsUp } = connect(url, grpc);
    // The second try comes at once while the process ends.
    begun.abort();
    const outcome = sender.send([]);
    await called;
    expect(await outcome).toMatchObject({ ok: false, errorType: name });
    expect(requests()).toBe(retryable.includes(name) ? 2 : 1);
    timeIsUp.abort();
  });

  test('waits although the receiver says "Retry-After: 0", of which the stock exporter makes five requests at once', async () => {
    const { url, requests } = serve(() => new Response("", { status: 503, headers: { "retry-after": "0" } }));
    const outcome = await connect(url, { OTEL_EXPORTER_OTLP_TIMEOUT: "500" }).sender.send([]);
    expect(outcome).toMatchObject({ ok: false, errorType: "unavailable" });
    expect(requests()).toBe(1);
  });

  test("is at once, and the last one, where no receiver listens during shutdown", async () => {
    const { sender, begun } = connect("http://localhost:1");
    const startedAt = performance.now();
    const outcome = sender.send([]);
    begun.abort();
    expect(await outcome).toMatchObject({ ok: false, reason: "connection refused", errorType: "ECONNREFUSED" });
    expect(performance.now() - startedAt).toBeLessThan(700);
  });
});

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
    const { url } = kind === "http" ? serve(never) : await serveGrpc(() => {});
    const { sender, timeIsUp } = connect(url, kind === "http" ? {} : grpc);
    const outcome = sender.send([]);
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
  const delegate = { _transport: { send }, _serializer: {} };
  const exporter = {
    _delegate: delegate,
    export: (_items: ReadableSpan[], done: (result: ExportResult) => void) =>
      void delegate._transport.send(new Uint8Array(), 1000).then(() => done({ code: ExportResultCode.SUCCESS })),
    shutdown: () => Promise.resolve(),
  };
  const { config } = readTelemetryConfig({});
  const { signal } = new AbortController();
  const stopping = { begun: signal, timeIsUp: signal, timeLeftMs: () => 3000 };
  const sender = createSender(() => exporter, { signal: "TRACES", otlp: config.traces.otlp }, stopping);
  startReporting({});
  const sent = context.with(ROOT_CONTEXT.setValue(KEY, "a request"), () => sender.send([]));
  expect(await sent).toEqual(delivered);
  expect(seen).toEqual([[undefined, false]]);
});

test("an exporter whose transport has moved is reported, and breaks nothing", async () => {
  const { config } = readTelemetryConfig({});
  const { signal } = new AbortController();
  const moved = { export: () => {}, shutdown: () => Promise.resolve() };
  const destination = { signal: "TRACES", otlp: config.traces.otlp } as const;
  const sender = createSender(() => moved, destination, { begun: signal, timeIsUp: signal, timeLeftMs: () => 3000 });
  expect(await sender.send([])).toMatchObject({ ok: false, errorType: "exporter" });
});
