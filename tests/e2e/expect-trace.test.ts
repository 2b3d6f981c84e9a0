/** `expectTrace` against a backend: the viewer, or the Jaeger that BATON_QUERY_URL and OTEL_EXPORTER_OTLP_ENDPOINT name. */
import { afterAll, describe, expect, test } from "bun:test";
import { startTelemetry, withSpan } from "@baton/telemetry";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { type ExpectedSpan, expectTrace } from "@baton/trace-tree";
import { startViewer } from "@baton/viewer";
import { namedBackend } from "../support/stack.ts";

const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
const { queryUrl: url, otlpUrl } = namedBackend() ?? { queryUrl: viewer.url, otlpUrl: viewer.otlpUrl };
afterAll(viewer.stop);

const expected: ExpectedSpan = { service: "demo", kind: "internal", name: "GET" };
const telemetry = startTelemetry({
  serviceName: "demo",
  register: false,
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl, OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" },
  onReport: () => {},
});
afterAll(telemetry.shutdown);
/** Its span waits for the next flush. */
const traceOf = (name: string) => withSpan(telemetry, name, (span) => span.spanContext().traceId);
const briefly = { timeoutMs: 100 };
const messageOf = (failing: Promise<void>): Promise<string> =>
  failing.then(
    () => "it passed",
    (error: Error) => error.message,
  );

describe("against a query API", () => {
  test("waits for a trace that is not there yet", async () => {
    const found = expectTrace({ url: `${url}/`, traceId: traceOf("GET") }, expected);
    await telemetry.flush();
    await found;
  });

  test("says what differs and prints the tree that it found", async () => {
    const traceId = traceOf("POST");
    await telemetry.flush();
    await expectTrace({ url, traceId }, { ...expected, name: "POST" });
    const message = await messageOf(expectTrace({ url, traceId }, expected, briefly));
    expect(message).toStartWith(`Trace ${traceId} is not the expected one:\n`);
    expect(message).toContain("\n- missing: demo INTERNAL GET\n- not expected: demo INTERNAL POST\nFound:\ntrace ");
    expect(message).toMatch(/demo {2}POST +INTERNAL/);
  });

  test("says that there is no such trace", async () => {
    const traceId = "0123456789abcdef0123456789abcdef";
    const message = await messageOf(expectTrace({ url, traceId }, expected, briefly));
    expect(message).toBe(`Trace ${traceId} is not the expected one:\n- no span of trace ${traceId} at ${url}`);
  });

  test("says at once that the URL is another service", async () => {
    const other = Bun.serve({ port: 0, fetch: () => new Response("<html>hello") });
    const traceId = "0123456789abcdef0123456789abcdef";
    const message = await messageOf(expectTrace({ url: other.url.href, traceId }, expected));
    await other.stop(true);
    expect(message).toMatch(/^url: http:.* is not the query API of a Jaeger\. It answered 200: <html>hello$/);
  });

  test("says at once that nothing answers at the URL", async () => {
    const traceId = "0123456789abcdef0123456789abcdef";
    expect(await messageOf(expectTrace({ url: "http://127.0.0.1:1/", traceId }, expected))).toStartWith(
      "url: nothing answers at http://127.0.0.1:1/api/traces/",
    );
  });

  test.each(["", "4bf92f35", "null"])("refuses %j as a trace id", async (traceId) => {
    expect(await messageOf(expectTrace({ url, traceId }, expected))).toBe(
      `traceId: must be 32 hexadecimal digits, not "${traceId}"`,
    );
  });
});

test("takes what startTestTelemetry() keeps in memory", async () => {
  const memory = startTestTelemetry();
  const inner: ExpectedSpan = { kind: "internal", name: "inner", status: "error", events: ["exception"] };
  const found = expectTrace(memory, { kind: "internal", name: "outer", children: [inner] });
  await withSpan(memory.telemetry, "outer", async () => {
    await withSpan(memory.telemetry, "inner", () => Promise.reject(new Error("no dice"))).catch(() => {});
  });
  await found;
  await memory.shutdown();
});
