import { describe, expect, test } from "bun:test";
import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { samplerNames } from "./config/rows-general.ts";
import { createSampler } from "./export/traces.ts";
import { createIdGenerator } from "./id-generator.ts";
import { createTraceContextPropagator } from "./propagation/index.ts";
import { startTestTelemetry } from "./testing.ts";
import { createDropTest, createLeanTracer } from "./tracer.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const below = (parent: Partial<SpanContext>): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.NONE, ...parent });

const received = (headers: Record<string, string>): Context =>
  createTraceContextPropagator().extract(ROOT_CONTEXT, headers, { get: (of, key) => of[key], keys: Object.keys });

const parents: Readonly<Record<string, Context>> = {
  none: ROOT_CONTEXT,
  "local, sampled": below({ traceFlags: TraceFlags.SAMPLED }),
  "local, not sampled": below({}),
  "remote, sampled": received({ traceparent: `00-${traceId}-${spanId}-03`, tracestate: "a=1" }),
  "remote, not sampled": received({ traceparent: `00-${traceId}-${spanId}-02`, tracestate: "a=1,b=2" }),
  "remote, of an unknown kind of id": received({ traceparent: `00-${traceId}-${spanId}-00` }),
  "invalid, sampled": below({ traceId: "0".repeat(32), traceFlags: TraceFlags.SAMPLED }),
  "invalid, not sampled": below({ spanId: "0".repeat(16) }),
  suppressed: suppressTracing(below({})),
};

describe.each(samplerNames)("%s", (name) => {
  const sdk = new BasicTracerProvider({ sampler: createSampler(name, 0.5) }).getTracer("t");
  const dropped: Context[] = [];
  const lean = createLeanTracer({
    tracer: sdk,
    drops: createDropTest(name),
    idGenerator: createIdGenerator(),
    onDropped: (parent) => dropped.push(parent),
  });

  test.each(Object.entries(parents))("a span below a parent that is: %s", (_, parent) => {
    const [theirs, ours] = [sdk.startSpan("a", {}, parent), lean.startSpan("a", {}, parent)];
    const [expected, found] = [theirs.spanContext(), ours.spanContext()];
    // Whether a new trace is sampled by its ratio is a matter of its random id.
    const isOpen = name.endsWith("traceidratio") && found.traceId !== traceId;
    if (!isOpen) {
      expect(ours.isRecording()).toBe(theirs.isRecording());
      expect(found.traceFlags).toBe(expected.traceFlags);
    }
    expect(found.traceId === traceId).toBe(expected.traceId === traceId);
    expect(trace.isSpanContextValid(found)).toBe(trace.isSpanContextValid(expected));
    expect(found.traceState?.serialize()).toBe(expected.traceState?.serialize());
    if (!trace.isSpanContextValid(found)) return;
    expect(found.spanId).not.toBe(spanId);
    // Its child has the same fate, in the same trace.
    const child = lean.startSpan("b", {}, trace.setSpan(ROOT_CONTEXT, ours)).spanContext();
    if (name.startsWith("parentbased")) expect(child.traceFlags).toBe(found.traceFlags);
    expect([child.traceId, child.spanId === found.spanId]).toEqual([found.traceId, false]);
  });

  test("what is dropped is told, and a root that is asked for is one", () => {
    dropped.length = 0;
    const parent = parents["remote, not sampled"] ?? ROOT_CONTEXT;
    const span = lean.startSpan("a", {}, parent);
    expect(dropped).toEqual(!span.isRecording() && name !== "traceidratio" ? [parent] : []);
    expect(lean.startSpan("a", { root: true }, parent).spanContext().traceId).not.toBe(traceId);
    expect(lean.startActiveSpan("a", {}, parent, (active) => active.spanContext().traceId)).toBe(traceId);
  });
});

test("spans that are dropped are counted with the others", async () => {
  const { telemetry, metrics, shutdown } = startTestTelemetry({
    env: { OTEL_TRACES_SAMPLER: "parentbased_always_on" },
  });
  const parent = parents["remote, not sampled"] ?? ROOT_CONTEXT;
  telemetry.tracer.startSpan("dropped", {}, parent).end();
  telemetry.tracer.startSpan("recorded").end();
  const started = (await metrics()).find(({ name }) => name === "otel.sdk.span.started");
  expect(started?.dataPoints).toEqual([
    { attributes: { "otel.span.parent.origin": "none", "otel.span.sampling_result": "RECORD_AND_SAMPLE" }, value: 1 },
    { attributes: { "otel.span.parent.origin": "remote", "otel.span.sampling_result": "DROP" }, value: 1 },
  ]);
  await shutdown();
});
