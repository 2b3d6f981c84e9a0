/** What the configuration does to a running telemetry, and how it registers itself and ends. */
import { afterEach, describe, expect, test } from "bun:test";
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { configCases } from "./config/config-cases.ts";
import { startTelemetry, type TelemetryOptions } from "./start.ts";
import type { Telemetry } from "./telemetry.ts";
import { startTestTelemetry } from "./testing.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const started: Telemetry[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((telemetry) => telemetry.shutdown()));
});

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A telemetry that sends nothing anywhere unless the environment says so, with the lines that it reports. */
function start(env: Readonly<Record<string, string>>, options: Partial<TelemetryOptions> = {}) {
  const lines: Line[] = [];
  const telemetry = startTelemetry({
    serviceName: "shop",
    register: false,
    env: { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", ...env },
    onReport: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    ...options,
  });
  started.push(telemetry);
  return { telemetry, lines };
}

/** The headers that a call made inside this span would carry. */
function inject(telemetry: Telemetry, span: Span): Record<string, string> {
  const headers: Record<string, string> = {};
  telemetry.propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
  return headers;
}

describe("the start line", () => {
  test("says where each signal goes, how traces are sampled and which propagators are on", () => {
    const { lines } = start({
      OTEL_TRACES_EXPORTER: "otlp,console",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:secret@collector.example/base?key=secret",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs.example:4317",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
      OTEL_PROPAGATORS: "b3,tracecontext",
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: "info",
      fields: {
        traces: "https://collector.example/base/v1/traces (http/protobuf) and console",
        metrics: "none",
        logs: "http://logs.example:4317 (grpc)",
        sampler: "parentbased_traceidratio(0.5)",
        propagators: "b3,tracecontext",
      },
    });
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  test("is a JSON line on standard output by default", async () => {
    const child = Bun.spawn(
      [process.execPath, "-e", `(await import("${import.meta.dir}/index.ts")).startTelemetry({ serviceName: "shop" })`],
      { env: { ...process.env, OTEL_METRICS_EXPORTER: "none" } },
    );
    const line = JSON.parse(await child.stdout.text());
    expect(line).toMatchObject({ level: "info", service: "shop", name: "@baton/telemetry" });
  });

  test("OTEL_LOG_LEVEL decides how much is said", () => {
    expect(start({ OTEL_LOG_LEVEL: "warn", OTEL_TRACES_SAMPLER: "x" }).lines.map(({ level }) => level)).toEqual([
      "warn",
    ]);
    expect(start({ OTEL_LOG_LEVEL: "none", OTEL_TRACES_SAMPLER: "x" }).lines).toEqual([]);
  });

  test("a sink that throws does not matter", () => {
    const onReport = (): never => {
      throw new Error("broken");
    };
    expect(() => start({}, { onReport })).not.toThrow();
  });
});

describe("who is speaking", () => {
  const resourceOf = (span: Span): Readonly<Record<string, unknown>> =>
    (span as unknown as { resource: { attributes: Record<string, unknown> } }).resource.attributes;
  const attributes = (env: Readonly<Record<string, string>>, options: Partial<TelemetryOptions> = {}) =>
    resourceOf(start(env, options).telemetry.tracer.startSpan("a"));

  test("the environment has the last word on the name", () => {
    const named = { OTEL_RESOURCE_ATTRIBUTES: "service.name=attribute" };
    expect(start({}).telemetry.serviceName).toBe("shop");
    expect(start(named).telemetry.serviceName).toBe("attribute");
    expect(start({ ...named, OTEL_SERVICE_NAME: "name" }).telemetry.serviceName).toBe("name");
    expect(attributes({ ...named, OTEL_SERVICE_NAME: "name" })["service.name"]).toBe("name");
  });

  test("and on the version, while the program's own attributes win over the environment's", () => {
    const options = { serviceVersion: "1", resourceAttributes: { "deployment.environment.name": "program" } };
    const env = { OTEL_RESOURCE_ATTRIBUTES: "service.version=2,deployment.environment.name=env,team=a" };
    expect(attributes({}, options)["service.version"]).toBe("1");
    expect(attributes(env, options)).toMatchObject({
      "service.version": "2",
      "deployment.environment.name": "program",
      team: "a",
    });
  });

  test("what is detected can be chosen, and is never the command line", () => {
    expect(Object.keys(attributes({ OTEL_NODE_RESOURCE_DETECTORS: "none" })).sort()).toEqual([
      "service.name",
      "telemetry.sdk.language",
      "telemetry.sdk.name",
      "telemetry.sdk.version",
    ]);
    const all = attributes({});
    expect(all).toMatchObject({ "process.pid": process.pid, "process.runtime.name": "bun" });
    expect(all["service.instance.id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.keys(all).filter((key) => key.includes("command"))).toEqual([]);
  });
});

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
    const { telemetry } = start({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg });
    const records = (from = ROOT_CONTEXT): boolean => telemetry.tracer.startSpan("a", {}, from).isRecording();
    expect(records()).toBe(root);
    expect(records(parent(TraceFlags.SAMPLED))).toBe(sampled);
    expect(records(parent(TraceFlags.NONE))).toBe(unsampled);
  });
});

describe("OTEL_SDK_DISABLED=true", () => {
  test("records nothing and still passes the context on", () => {
    const { telemetry, lines } = start({ OTEL_SDK_DISABLED: "true" });
    const incoming = telemetry.propagator.extract(
      ROOT_CONTEXT,
      { traceparent: PARENT, baggage: "a=1" },
      defaultTextMapGetter,
    );
    const span = telemetry.tracer.startSpan("a", {}, incoming);
    expect(span.isRecording()).toBe(false);
    const headers: Record<string, string> = {};
    telemetry.propagator.inject(trace.setSpan(incoming, span), headers, defaultTextMapSetter);
    expect(headers).toMatchObject({ traceparent: PARENT, baggage: "a=1" });
    expect(telemetry.logger.enabled({ severityNumber: 17 })).toBe(false);
    expect(lines.map(({ message }) => message)).toEqual([
      "Telemetry is disabled by OTEL_SDK_DISABLED; context still travels",
    ]);
  });

  test("keeps the context manager, so that the context survives an await", async () => {
    start({ OTEL_SDK_DISABLED: "true" });
    const incoming = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ a: { value: "1" } }));
    await context.with(incoming, async () => {
      await Promise.resolve();
      expect(propagation.getActiveBaggage()?.getEntry("a")?.value).toBe("1");
    });
  });
});

describe("OTEL_PROPAGATORS", () => {
  test.each([
    ["", ["traceparent"]],
    ["b3", ["b3"]],
    ["b3multi,tracecontext", ["traceparent", "x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]],
    ["none", []],
  ])("%s", (names, headers) => {
    const { telemetry } = start({ OTEL_PROPAGATORS: names });
    expect(Object.keys(inject(telemetry, telemetry.tracer.startSpan("a"))).sort()).toEqual(headers);
  });
});

describe("the globals", () => {
  test("are registered, and taken back at the end so that the next one can start", async () => {
    for (const name of ["first", "second"]) {
      const memory = startTestTelemetry({ serviceName: name, register: true });
      trace.getTracer("library").startSpan("from a library").end();
      logs.getLogger("library").emit({ body: "from a library" });
      metrics.getMeter("library").createCounter("calls").add(1);
      const headers: Record<string, string> = {};
      const active = trace.setSpan(ROOT_CONTEXT, memory.telemetry.tracer.startSpan("a"));
      propagation.inject(active, headers);
      expect(memory.spans().map((span) => span.name)).toEqual(["from a library"]);
      expect(memory.logs().map(({ body }) => body)).toEqual(["from a library"]);
      expect((await memory.metrics()).map((metric) => metric.name)).toContain("calls");
      expect(headers).toHaveProperty("traceparent");
      await memory.shutdown();
      expect(trace.getTracer("library").startSpan("after").isRecording()).toBe(false);
    }
  });

  test("stay with whoever was first, and the second says so", async () => {
    const first = startTestTelemetry({ register: true });
    const { lines, telemetry } = start({}, { register: true });
    expect(lines.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("Another telemetry is registered"),
    );
    await telemetry.shutdown();
    trace.getTracer("library").startSpan("still recorded").end();
    expect(first.spans()).toHaveLength(1);
    await first.shutdown();
  });

  test("are left alone with register: false, where two telemetries share a process", async () => {
    const one = startTestTelemetry({ serviceName: "one" });
    const two = startTestTelemetry({ serviceName: "two" });
    one.telemetry.tracer.startActiveSpan("a", (span) => {
      two.telemetry.tracer.startSpan("b").end();
      span.end();
    });
    expect(trace.getTracer("library").startSpan("c").isRecording()).toBe(false);
    const [a] = one.spans();
    expect(two.spans()[0]).toMatchObject({ name: "b", traceId: a?.traceId, parentSpanId: a?.spanId });
    await Promise.all([one.shutdown(), two.shutdown()]);
  });
});

describe("baggageAttributes", () => {
  test("allowed keys become attributes of spans and log records; no other key does", async () => {
    const { telemetry, spans, logs: records, shutdown } = startTestTelemetry({ baggageAttributes: ["user.id"] });
    const baggage = propagation.createBaggage({ "user.id": { value: "7" }, secret: { value: "x" } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
      telemetry.tracer.startSpan("a").end();
      telemetry.logger.emit({ body: "hello" });
    });
    expect(spans()[0]?.attributes).toEqual({ "user.id": "7" });
    expect(records()[0]?.attributes).toEqual({ "user.id": "7" });
    await shutdown();
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
      const { telemetry } = start({ ...env, ...endpoint });
      telemetry.tracer.startSpan("a").end();
      await telemetry.shutdown();
      expect({ env, sent: requests - before }).toEqual({ env, sent: 1 });
    }
    expect(texts.length).toBeGreaterThan(200);
  });
});
