/** When a batch is sent again, and when not. Against real receivers on this machine. */
import { afterAll, describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { Metadata, status } from "@grpc/grpc-js";
import { createRetry, type Transport } from "./retry.ts";
import { closeAll, connect, delivered, grpc, serve, serveGrpc } from "./sender.fixture.ts";

setDefaultTimeout(20_000);
afterAll(closeAll);

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

  test.each([
    [{ code: "ECONNRESET" }, ["first", "second"]],
    [{ code: "EPIPE" }, ["first", "second"]],
    [{ code: "ECONNREFUSED" }, ["first"]],
    [{ code: status.UNAVAILABLE, details: "Connection dropped" }, ["first", "second"]],
    [{ code: status.UNAVAILABLE, details: "read ECONNRESET" }, ["first", "second"]],
    [{ code: status.UNAVAILABLE, details: "Write error: write EPIPE" }, ["first", "second"]],
    [{ code: status.UNAVAILABLE, details: "No connection established. Last error: read ECONNRESET (now)" }, ["first"]],
  ])("after %j makes these requests without a pause, and then the first one: %j", async (fields, wanted) => {
    const sent: string[] = [];
    const transport: Transport = {
      send: async () => {
        sent.push(sent.length === 0 ? "first" : "second");
        const error = Object.assign(new Error("no"), fields);
        return "details" in fields ? { status: "failure", error } : { status: "retryable", error };
      },
      shutdown: () => {},
    };
    using timers = spyOn(globalThis, "setTimeout");
    const timeIsUp = new AbortController();
    const stopping = { begun: timeIsUp.signal, timeIsUp: timeIsUp.signal, timeLeftMs: () => Number.POSITIVE_INFINITY };
    const outcome = createRetry({ stopping, holdMs: 0, probe: undefined }).send(transport, new Uint8Array(), 60_000);
    await new Promise(setImmediate);
    expect(sent).toEqual(wanted);
    // The last timer is that of the pause, which an immediate second try has not made longer.
    expect(timers.mock.lastCall?.[1]).toBeWithin(800, 1200);
    timeIsUp.abort();
    expect(await outcome).toMatchObject({ error: fields });
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

/** google.rpc.Status { details: Any { type_url, value: RetryInfo { retry_delay: Duration { seconds: 1, nanos: 500e6 } } } } */
function retryInfo(): Metadata {
  const field = (number: number, value: Uint8Array) =>
    Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value]);
  const duration = Buffer.from([0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]);
  const any = Buffer.concat([
    field(1, Buffer.from("type.googleapis.com/google.rpc.RetryInfo")),
    field(2, field(1, duration)),
  ]);
  const other = Buffer.concat([
    field(1, Buffer.from("type.googleapis.com/google.rpc.Help")),
    field(2, Buffer.from("no")),
  ]);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.concat([Buffer.from([0x08, 14]), field(3, other), field(3, any)]));
  return metadata;
}

describe("a receiver that asks to wait", () => {
  const askingFor = (retryAfter: string, code = 503) => {
    const times: number[] = [];
    const server = serve((index) => {
      times.push(performance.now());
      return new Response("", index === 0 ? { status: code, headers: { "retry-after": retryAfter } } : {});
    });
    return { ...server, waited: () => (times[1] ?? 0) - (times[0] ?? 0) };
  };
  const timeout = { OTEL_EXPORTER_OTLP_TIMEOUT: "500" };

  const inThreeSeconds = (): string => new Date(Date.now() + 3000).toUTCString();
  const asked: readonly (readonly [how: string, code: number, asked: () => string, ms: number])[] = [
    ["seconds", 503, () => "2", 2000],
    ["seconds", 429, () => "2", 2000],
    // A date has no milliseconds.
    ["a date", 503, inThreeSeconds, 1900],
  ];
  test.each(asked)(
    "is asked no sooner, and the batch is held beyond its timeout: %s in HTTP %d",
    async (_, code, text, ms) => {
      const server = askingFor(text(), code);
      expect(await connect(server.url, timeout).sender.send([])).toEqual(delivered);
      expect(server.requests()).toBe(2);
      expect(server.waited()).toBeGreaterThanOrEqual(ms);
    },
  );

  test.each(["soon", "-5", "Thu, 01 Jan 1970 00:00:00 GMT", ""])(
    "not, where it says %p: the usual delay",
    async (asked) => {
      const server = askingFor(asked);
      expect(await connect(server.url).sender.send([])).toEqual(delivered);
      expect(server.waited()).toBeGreaterThanOrEqual(800);
    },
  );

  test("without patience, as for metrics: what comes before the time is given up without a request", async () => {
    const server = askingFor("3600");
    const { sender } = connect(server.url, timeout, 0);
    for (let count = 0; count < 3; count += 1) {
      expect(await sender.send([])).toMatchObject({ ok: false, errorType: "unavailable" });
    }
    expect(server.requests()).toBe(1);
  });

  test("for an hour is asked after five minutes, and not before", async () => {
    const server = askingFor("3600");
    const { sender } = connect(server.url, timeout, 0);
    const now = performance.now.bind(performance);
    let passedMs = 0;
    using clock = spyOn(performance, "now").mockImplementation(() => now() + passedMs);
    expect(await sender.send([])).toMatchObject({ ok: false });
    passedMs = 4.9 * 60_000;
    expect(await sender.send([])).toMatchObject({ ok: false });
    expect(server.requests()).toBe(1);
    passedMs = 5 * 60_000;
    expect(await sender.send([])).toEqual(delivered);
    expect(clock).toHaveBeenCalled();
  });

  test("is not waited for by a shutdown, and not asked at the end of the process", async () => {
    const server = askingFor("3600");
    const { sender, begun } = connect(server.url, timeout);
    const outcome = sender.send([]);
    // True once the answer is read, from when on the batch waits.
    while (!("ok" in sender.lastPost([]))) await new Promise((resolve) => setImmediate(resolve));
    begun.abort();
    expect(await outcome).toMatchObject({ ok: false, errorType: "unavailable" });
    expect(await sender.send([])).toMatchObject({ ok: false, errorType: "unavailable" });
    expect(server.requests()).toBe(1);
  });

  test.each(["UNAVAILABLE", "RESOURCE_EXHAUSTED"] as const)("over gRPC with RetryInfo, of %s", async (name) => {
    const times: number[] = [];
    const { url } = await serveGrpc((_call, reply) => {
      times.push(performance.now());
      if (times.length > 1) reply(null, Buffer.alloc(0));
      else reply({ code: status[name], details: "busy", metadata: retryInfo() });
    });
    expect(await connect(url, { ...grpc, ...timeout }).sender.send([])).toEqual(delivered);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1500);
  });
});
