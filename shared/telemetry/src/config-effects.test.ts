/** What the configuration does to a running telemetry. */
import { describe, expect, test } from "bun:test";
import { defaultTextMapSetter, ROOT_CONTEXT, type Span, TraceFlags, trace } from "@opentelemetry/api";
import { configCases } from "./config/config-cases.fixture.ts";
import { startReporting } from "./start-reporting.fixture.ts";
import type { Telemetry } from "./telemetry.ts";
import { startTestTelemetry } from "./testing.ts";

describe("limits reach the spans and log records", () => {
  test.each([
    ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "2", { attributes: { a: "long text", b: 1 } }],
    ["OTEL_ATTRIBUTE_COUNT_LIMIT", "1", { attributes: { a: "long text" } }],
    ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4", { attributes: { a: "long", b: 1, c: true } }],
    ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2", { attributes: { a: "lo", b: 1, c: true } }],
    ["OTEL_SPAN_EVENT_COUNT_LIMIT", "1", { events: [{ name: "second", attributes: {} }] }],
    ["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "1", { events: [{ attributes: { x: 1 } }, {}] }],
    ["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "1", { links: [{ attributes: { x: 1 } }, {}] }],
    ["OTEL_SPAN_LINK_COUNT_LIMIT", "1", { links: [{ attributes: {} }] }],
  ])("%s=%s", async (variable, value, expected) => {
    const { telemetry, spans, shutdown } = startTestTelemetry({ env: { [variable]: value } });
    const span = telemetry.tracer.startSpan("a", { attributes: { a: "long text", b: 1, c: true } });
    span.addEvent("first", { x: 1, y: 2 }).addEvent("second");
    span.addLink({ context: span.spanContext(), attributes: { x: 1, y: 2 } }).addLink({ context: span.spanContext() });
    span.end();
    expect(spans()[0]).toMatchObject(expected as object);
    const [found] = spans();
    for (const [key, part] of Object.entries(expected)) {
      const actual = found?.[key as "attributes" | "events" | "links"] ?? [];
      expect(Object.keys(actual)).toHaveLength(Object.keys(part).length);
    }
    await shutdown();
  });

  test("OTEL_LOGRECORD_ATTRIBUTE_*", async () => {
    const {
      telemetry,
      logs: records,
      shutdown,
    } = startTestTelemetry({
      env: { OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: "3", OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: "1" },
    });
    telemetry.logger.emit({ attributes: { a: "long text", b: 1 } });
    expect(records()[0]?.attributes).toEqual({ a: "lon" });
    await shutdown();
  });
});

describe("OTEL_TRACES_SAMPLER", () => {
  const parent = (flags: TraceFlags) =>
    trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: flags,
      isRemote: true,
    });
  test.each([
    ["always_on", "", true, true, true],
    ["always_off", "", false, false, false],
    ["traceidratio", "0", false, false, false],
    ["traceidratio", "1", true, true, true],
    ["parentbased_always_on", "", true, true, false],
    ["parentbased_always_off", "", false, true, false],
    ["parentbased_traceidratio", "0", false, true, false],
    ["parentbased_traceidratio", "1", true, true, false],
  ])("%s %s: root %p, sampled parent %p, unsampled parent %p", (name, arg, root, sampled, unsampled) => {
    const { telemetry } = startReporting({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg });
    const records = (from = ROOT_CONTEXT): boolean => telemetry.tracer.startSpan("a", {}, from).isRecording();
    expect(records()).toBe(root);
    expect(records(parent(TraceFlags.SAMPLED))).toBe(sampled);
    expect(records(parent(TraceFlags.NONE))).toBe(unsampled);
  });
});

/** The headers that a call made inside this span would carry. */
function inject(telemetry: Telemetry, span: Span): Record<string, string> {
  const headers: Record<string, string> = {};
  telemetry.propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
  return headers;
}

describe("OTEL_PROPAGATORS", () => {
  test.each([
    ["", ["traceparent"]],
    ["b3", ["b3"]],
    ["b3multi,tracecontext", ["traceparent", "x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]],
    ["none", []],
  ])("%s", (names, headers) => {
    const { telemetry } = startReporting({ OTEL_PROPAGATORS: names });
    expect(Object.keys(inject(telemetry, telemetry.tracer.startSpan("a"))).sort()).toEqual(headers);
  });
});

describe("no value of any variable hangs, crashes or drops everything", () => {
  const family = /_ENDPOINT$|_EXPORTER$|^OTEL_SDK_DISABLED$|_PROMETHEUS_/;
  const cases = configCases.filter(({ variable }) => !family.test(variable));

  test("spans are sent whatever is set", async () => {
    let requests = 0;
    using server = Bun.serve({
      port: 0,
      fetch: () => {
        requests += 1;
        return new Response();
      },
    });
    const texts = cases.flatMap(({ variable, bad, with: others = {} }) =>
      bad.map((text) => ({ ...others, [variable]: text })),
    );
    for (const env of texts) {
      const before = requests;
      const endpoint = { OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}` };
      const { telemetry } = startReporting({ ...env, ...endpoint });
      telemetry.tracer.startSpan("a").end();
      await telemetry.shutdown();
      expect({ env, sent: requests - before }).toEqual({ env, sent: 1 });
    }
    expect(texts.length).toBeGreaterThan(200);
  });
});
