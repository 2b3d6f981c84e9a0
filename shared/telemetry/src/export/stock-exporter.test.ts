import { afterAll, expect, test } from "bun:test";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { readTelemetryConfig } from "../config.ts";
import { startTelemetry } from "../start.ts";
import { createTraceSender } from "./otlp.ts";
import { createSpanEncoder } from "./span-encoding.ts";

/** Keeps the body of the last request to each path. */
const received = new Map<string, Uint8Array>();
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    received.set(new URL(request.url).pathname, new Uint8Array(await request.arrayBuffer()));
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
  },
});
afterAll(() => server.stop(true));

/** Spans with everything that a span can hold. */
async function makeSpans(): Promise<ReadableSpan[]> {
  const ended: ReadableSpan[] = [];
  const nothing = () => Promise.resolve();
  const keep = {
    onStart() {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: nothing,
    shutdown: nothing,
  };
  const env = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
  const telemetry = startTelemetry({
    serviceName: "x",
    register: false,
    env,
    spanProcessors: [keep],
    onReport: () => {},
  });
  const attributes = {
    text: "ä\u0000",
    yes: true,
    int: -5,
    big: 2 ** 53,
    double: 0.1,
    texts: ["a", "b"],
    ints: [1, 2],
    none: [],
  };
  const parent = telemetry.tracer.startSpan("parent", { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
  const link = { context: parent.spanContext(), attributes: { why: "because" } };
  const child = telemetry.tracer.startSpan(
    "child",
    { kind: SpanKind.CLIENT, links: [link] },
    trace.setSpan(ROOT_CONTEXT, parent),
  );
  child.addEvent("event", { n: 1 });
  child.recordException(new RangeError("x"));
  child.setStatus({ code: SpanStatusCode.ERROR, message: "x" });
  child.end();
  parent.setStatus({ code: SpanStatusCode.OK });
  parent.end();
  await telemetry.shutdown();
  return ended;
}

test("what goes out is what OpenTelemetry's own exporter sends, to the byte", async () => {
  const spans = await makeSpans();
  expect(spans).toHaveLength(2);

  const stock = new OTLPTraceExporter({ url: new URL("/stock", server.url).href });
  await new Promise((resolve) => stock.export(spans, resolve));
  await stock.shutdown();

  const endpoint = new URL("/ours", server.url).href;
  const { config } = readTelemetryConfig({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint });
  const outcome = await createTraceSender(config.traces.otlp).send(
    spans.map(createSpanEncoder()),
    new AbortController().signal,
  );

  expect(outcome).toEqual({ ok: true, rejected: 0 });
  expect(received.get("/stock")?.length).toBeGreaterThan(300);
  expect(received.get("/ours")).toEqual(received.get("/stock") as Uint8Array);
});
