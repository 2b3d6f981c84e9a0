import { describe, expect, test } from "bun:test";
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from "@opentelemetry/api";
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { suppressTracing } from "../suppression.ts";
import { createTraceContextPropagator } from "./trace-context.ts";

const propagator = createTraceContextPropagator();
const tracer = new BasicTracerProvider().getTracer("test");
const dropping = new BasicTracerProvider({ sampler: new AlwaysOffSampler() }).getTracer("test");
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

type Headers = Record<string, string | string[]>;
const extract = (headers: Headers) => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
const parent = (flags: string, tracestate?: string): Headers => ({
  traceparent: `00-${traceId}-${spanId}-${flags}`,
  ...(tracestate !== undefined && { tracestate }),
});

function inject(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, defaultTextMapSetter);
  return headers;
}

const sentFlags = (context: Context) => inject(context).traceparent?.slice(-2);
const childOf = (context: Context, by = tracer) => trace.setSpan(context, by.startSpan("child", {}, context));

describe("random flag (Level 2, 3.2.2.5.2)", () => {
  test.each([
    ["00", "00"],
    ["01", "01"],
    ["02", "02"],
    ["03", "03"],
  ])("a parent with %s: the SDK's child and grandchild are sent with %s", (received, sent) => {
    const child = childOf(extract(parent(received)));
    expect(sentFlags(child)).toBe(sent);
    expect(sentFlags(childOf(child))).toBe(sent);
    expect(sentFlags(childOf(extract(parent(received, "a=1"))))).toBe(sent);
  });

  test("it follows the span, not the context that the span was put into", () => {
    const span = tracer.startSpan("child", {}, extract(parent("01")));
    expect(sentFlags(trace.setSpan(ROOT_CONTEXT, span))).toBe("01");
  });

  test("a child that is not recorded keeps it and clears the sampled flag", () => {
    expect(sentFlags(childOf(extract(parent("03")), dropping))).toBe("02");
    expect(sentFlags(childOf(extract(parent("01")), dropping))).toBe("00");
  });

  test("a trace that starts here has random ids and says so, recorded or not", () => {
    expect(sentFlags(childOf(ROOT_CONTEXT))).toBe("03");
    expect(sentFlags(childOf(ROOT_CONTEXT, dropping))).toBe("02");
    const restarted = tracer.startSpan("root", { root: true }, extract(parent("00")));
    expect(sentFlags(trace.setSpan(ROOT_CONTEXT, restarted))).toBe("03");
  });
});

describe("passing on without a span of our own (Level 2, 3.4)", () => {
  test("ids, known flags and tracestate stay", () => {
    expect(inject(extract(parent("03", "a=1,b=2")))).toEqual({
      traceparent: `00-${traceId}-${spanId}-03`,
      tracestate: "a=1,b=2",
    });
    expect(sentFlags(extract(parent("01")))).toBe("01");
  });

  test("the flags of a remote context that another library made are sent as they are", () => {
    for (const traceFlags of [0, 1, 2, 3]) {
      const remote = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
      expect(sentFlags(remote)).toBe(`0${traceFlags}`);
    }
  });

  test.each(["10", "12", "ff"])("flags %s leave a header of the right length", (flags) => {
    expect(inject(extract(parent(flags))).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
  });

  test("a higher version goes on as version 00 (3.2.4)", () => {
    const { traceparent } = inject(extract({ traceparent: `cc-${traceId}-${spanId}-01-more` }));
    expect(traceparent).toBe(`00-${traceId}-${spanId}-01`);
  });
});

describe("tracestate (Level 2, 3.3)", () => {
  test("several headers are combined in order (3.3.2)", () => {
    const headers = { traceparent: [`00-${traceId}-${spanId}-01`], tracestate: ["a=1", "", "b=2,c=3"] };
    expect(inject(childOf(extract(headers))).tracestate).toBe("a=1,b=2,c=3");
  });

  test("it is not read without a valid traceparent", () => {
    expect(inject(childOf(extract({ tracestate: "a=1" })))).not.toHaveProperty("tracestate");
    expect(extract({ traceparent: "bad", tracestate: "a=1" })).toBe(ROOT_CONTEXT);
  });

  test("an invalid one does not affect the parent, and an empty one is never sent", () => {
    for (const bad of ["A=1", "a=1,b", "", " , "]) {
      const headers = inject(childOf(extract(parent("01", bad))));
      expect(headers.traceparent).toStartWith(`00-${traceId}-`);
      expect(headers).not.toHaveProperty("tracestate");
    }
  });
});

describe("traceparent that is not used", () => {
  test.each([
    ["two of them", [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
    ["none, as a list", []],
  ])("%s", (_name, traceparent) => {
    expect(extract({ traceparent })).toBe(ROOT_CONTEXT);
  });

  test.each<[string, Partial<SpanContext>]>([
    ["zero ids", { traceId: "0".repeat(32) }],
    ["an uppercase id", { traceId: traceId.toUpperCase() }],
    ["a short id", { spanId: "b7ad" }],
  ])("a span context with %s is not sent, nor its tracestate", (_name, part) => {
    const context = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, ...part });
    expect(inject(context)).toEqual({});
  });

  test("nothing is sent without a span, or while tracing is suppressed", () => {
    expect(inject(ROOT_CONTEXT)).toEqual({});
    expect(inject(suppressTracing(childOf(ROOT_CONTEXT)))).toEqual({});
  });
});

test("any headers: nothing throws, and nothing invalid is sent", () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(`00-${traceId}-${spanId}-ff`, "a=1,b=2"));
  const values = fc.oneof(value, fc.array(value));
  fc.assert(
    fc.property(values, values, fc.boolean(), (traceparent, tracestate, withSpan) => {
      const context = extract({ traceparent, tracestate });
      const headers = inject(withSpan ? childOf(context) : context);
      if (headers.traceparent !== undefined)
        expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
      if (headers.tracestate !== undefined) {
        expect(headers.traceparent).toBeDefined();
        expect(headers.tracestate).toMatch(/^[\x20-\x7e]+$/);
      }
    }),
    { numRuns: 300 },
  );
});
