import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { buildTree, readTrace, verdictOf } from "@baton/trace-tree";
import { postJson, TRACE_ID, traceRequest } from "./testing/otlp.ts";
import { ListenError, startViewer, type Viewer } from "./viewer.ts";

const FREE = { port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 };
let viewer: Viewer;

beforeEach(async () => {
  viewer = await startViewer(FREE);
});
afterEach(() => viewer.stop());

const sendSpan = (spanId: string, name = "work") =>
  postJson(viewer.otlpUrl, "/v1/traces", traceRequest({ spans: [{ spanId, name }] }));

describe("waiting for a trace", () => {
  test("ends as soon as the condition holds, for spans that are there and for later ones", async () => {
    await sendSpan("1111111111111111");
    const here = await viewer.waitForTrace(TRACE_ID, ({ spans }) => spans.length === 1);
    expect(here).toEqual(viewer.trace(TRACE_ID) as typeof here);
    const whole = viewer.waitForTrace(TRACE_ID, ({ spans }) => spans.length === 2);
    await sendSpan("2222222222222222");
    expect((await whole).spans.map(({ spanID }) => spanID)).toEqual(["1111111111111111", "2222222222222222"]);
  });

  test("says after the timeout which spans were there", async () => {
    await sendSpan("1111111111111111", "GET /");
    const wait = viewer.waitForTrace(TRACE_ID, () => false, { timeoutMs: 10 });
    await expect(wait).rejects.toThrow(
      `Trace ${TRACE_ID} did not meet the condition within 10 ms: it has 1 span (front: GET /).`,
    );
    await expect(viewer.waitForTrace("1", () => true, { timeoutMs: 10 })).rejects.toThrow("it has no span.");
  });

  test("ends when the viewer stops, when the condition throws, and at once for an invalid id", async () => {
    await sendSpan("1111111111111111");
    const outcomes = Promise.allSettled([
      viewer.waitForTrace("no id", () => true),
      viewer.waitForTrace(TRACE_ID, () => {
        throw new Error("from the condition");
      }),
      viewer.waitForTrace(TRACE_ID, () => false, { timeoutMs: 60_000 }),
    ]);
    await viewer.stop();
    const reasons = (await outcomes).map((outcome) => outcome.status === "rejected" && String(outcome.reason));
    expect(reasons).toEqual([
      expect.stringContaining("must be a trace id"),
      "Error: from the condition",
      expect.stringContaining("The viewer stopped"),
    ]);
  });
});

test("a trace that has grown too large for the memory says so, and its verdict accuses nobody", async () => {
  const small = await startViewer({ ...FREE, maxBytes: 1024 * 1024 });
  try {
    const spans = Array.from({ length: 2000 }, (_, index) => ({
      spanId: (index + 1).toString(16).padStart(16, "0"),
      // The root comes last.
      ...(index < 1999 && { parentSpanId: (2000).toString(16).padStart(16, "0") }),
    }));
    await postJson(small.otlpUrl, "/v1/traces", traceRequest({ spans }));
    const trace = small.trace(TRACE_ID);
    if (!trace) throw new Error("no trace");
    expect(trace.warnings).toEqual([expect.stringContaining("This trace was cut")]);
    expect(verdictOf(buildTree(readTrace(trace)))).toMatchObject({ grade: "cut", problems: [], findings: [] });
  } finally {
    await small.stop();
  }
});

describe("ports", () => {
  test.each([
    ["query", "port", "url"],
    ["otlpHttp", "otlpHttpPort", "otlpUrl"],
    ["otlpGrpc", "otlpGrpcPort", "otlpGrpcUrl"],
  ] as const)("when %s is taken, the error names it and nothing listens any more", async (portName, option, url) => {
    const port = Number(new URL(viewer[url]).port);
    const error = await startViewer({ ...FREE, [option]: port }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({
      portName,
      port,
      taken: true,
      message: `cannot listen on 127.0.0.1:${port}: another process has that port`,
    });
    // The first viewer was not disturbed, and its port is free once it stops.
    await viewer.stop();
    viewer = await startViewer({ ...FREE, [option]: port });
    expect(Number(new URL(viewer[url]).port)).toBe(port);
  });

  test("ports that were opened before the taken one are closed again", async () => {
    const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    const { port } = probe;
    probe.stop(true);
    const taken = Number(new URL(viewer.otlpGrpcUrl).port);
    await expect(startViewer({ ...FREE, port, otlpGrpcPort: taken })).rejects.toThrow(`${taken}`);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });

  test("for an address that this machine does not have, the error has the reason of the system", async () => {
    const error = await startViewer({ ...FREE, host: "192.0.2.1" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ taken: false, message: expect.stringContaining("EADDRNOTAVAIL") });
  });
});

test("a search with thousands of digits is refused at once", async () => {
  const begun = performance.now();
  for (const name of ["minDuration", "maxDuration", "lookback"]) {
    // 4 s for 2 000 digits when each digit was tried as a beginning.
    expect((await fetch(`${viewer.url}/api/traces?${name}=${"1".repeat(10_000)}`)).status).toBe(400);
  }
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test("a connection with an endless body is closed", async () => {
  const { hostname, port } = new URL(viewer.otlpUrl);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
  const pump = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket
    .on("drain", pump)
    .on("error", () => resolve("closed"))
    .on("data", (data) => resolve(data.toString().slice(0, 12)));
  socket.on("close", () => resolve("closed"));
  socket.write(
    "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-protobuf\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  pump();
  expect(await promise).toBe("HTTP/1.1 413");
  socket.destroy();
});
