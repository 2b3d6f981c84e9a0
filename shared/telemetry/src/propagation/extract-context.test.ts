import { describe, expect, test } from "bun:test";
import { propagation, type TextMapPropagator, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { EMPTY_CONTEXT } from "../lean-context.ts";
import { createBaggagePropagator } from "./baggage.ts";
import { headersGetter, headersSetter } from "./carriers.ts";
import { composePropagators } from "./composite.ts";
import { extractContext } from "./extract-context.ts";
import { createTraceContextPropagator } from "./trace-context.ts";

const propagator = composePropagators([createTraceContextPropagator(), createBaggagePropagator({ allowIn: ["kept"] })]);
const tracer = new BasicTracerProvider().getTracer("test");
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const sent = new Headers({
  traceparent: `00-${traceId}-${spanId}-00`,
  tracestate: "a=1",
  baggage: "kept=1,dropped=2",
});

describe("trust at the edge (Level 2, 3.4 and security considerations)", () => {
  test("continue: the caller's span is the parent", () => {
    const { context, links } = extractContext(propagator, sent, headersGetter);
    expect(trace.getSpanContext(context)).toMatchObject({ traceId, spanId, isRemote: true });
    expect(
      propagation
        .getBaggage(context)
        ?.getAllEntries()
        .map(([key]) => key),
    ).toEqual(["kept"]);
    expect(links).toEqual([]);
  });

  test.each([
    ["restart", null, "without its tracestate and its baggage"],
    ["restart-keep-baggage", "kept=1", "without its tracestate, with the allowed baggage"],
  ] as const)("%s: a new trace that links to the caller's", (trust, baggage) => {
    const { context, links } = extractContext(propagator, sent, headersGetter, trust);
    const span = tracer.startSpan("edge", { links }, context);
    const out = new Headers();
    propagator.inject(trace.setSpan(context, span), out, headersSetter);
    expect(links.map((link) => link.context)).toMatchObject([{ traceId, spanId }]);
    expect(span.spanContext().traceId).not.toBe(traceId);
    // Sampled by our own decision, and random: nothing of the caller's flags is left.
    expect(out.get("traceparent")).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-03`);
    expect(out.get("tracestate")).toBeNull();
    expect(out.get("baggage")).toBe(baggage);
  });

  test("restart without a valid caller creates no link", () => {
    const { context, links } = extractContext(propagator, new Headers(), headersGetter, "restart");
    expect(links).toEqual([]);
    expect(trace.getSpanContext(context)).toBeUndefined();
  });

  test("restart without a valid caller does not take the baggage either", () => {
    const headers = new Headers({ traceparent: "invalid", baggage: "kept=1" });
    const { context } = extractContext(propagator, headers, headersGetter, "restart");
    expect(propagation.getBaggage(context)).toBeUndefined();
  });

  test("ignore: nothing is taken, baggage included", () => {
    expect(extractContext(propagator, sent, headersGetter, "ignore")).toEqual({
      context: EMPTY_CONTEXT,
      links: [],
    });
  });

  test("a propagator that throws starts a new trace instead of failing the request", () => {
    const broken: TextMapPropagator = {
      ...propagator,
      fields: () => [],
      inject: () => {},
      extract: () => {
        throw new Error("broken");
      },
    };
    for (const trust of ["continue", "restart", "restart-keep-baggage"] as const) {
      expect(extractContext(broken, sent, headersGetter, trust)).toEqual({ context: EMPTY_CONTEXT, links: [] });
    }
  });
});
