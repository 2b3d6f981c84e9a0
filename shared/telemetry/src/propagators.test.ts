import { describe, expect, test } from "bun:test";
import { type Context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import type { PropagatorName } from "./config.ts";
import { headersGetter, headersSetter } from "./propagation/index.ts";
import { createNamedPropagators } from "./propagators.ts";

const tracer = new BasicTracerProvider().getTracer("test");
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const b3 = `${traceId}-${spanId}-1`;

function send(names: readonly PropagatorName[], context: Context): Record<string, string> {
  const headers = new Headers();
  createNamedPropagators(names).inject(context, headers, headersSetter);
  return Object.fromEntries(headers);
}

const receive = (names: readonly PropagatorName[], headers: Record<string, string>) =>
  createNamedPropagators(names).extract(ROOT_CONTEXT, new Headers(headers), headersGetter);

describe("OTEL_PROPAGATORS", () => {
  const root = trace.setSpan(ROOT_CONTEXT, tracer.startSpan("root"));
  const context = propagation.setBaggage(root, propagation.createBaggage({ k: { value: "v" } }));

  test.each<[readonly PropagatorName[], readonly string[]]>([
    [[], []],
    [["tracecontext"], ["traceparent"]],
    [["baggage"], ["baggage"]],
    [["b3"], ["b3"]],
    [["b3multi"], ["x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]],
    [
      ["tracecontext", "baggage", "tracecontext"],
      ["baggage", "traceparent"],
    ],
    [
      ["b3", "b3multi", "tracecontext"],
      ["b3", "traceparent", "x-b3-sampled", "x-b3-spanid", "x-b3-traceid"],
    ],
  ])("%j sends %j", (names, headers) => {
    expect(Object.keys(send(names, context)).sort()).toEqual([...headers]);
  });

  test("without a name, nothing is read either", () => {
    expect(receive([], { traceparent: `00-${traceId}-${spanId}-01`, baggage: "a=1" })).toBe(ROOT_CONTEXT);
  });

  test("a format named twice is written once", () => {
    const written: string[] = [];
    const setter = { set: (_carrier: unknown, key: string) => written.push(key) };
    createNamedPropagators(["baggage", "tracecontext", "baggage"]).inject(context, {}, setter);
    expect(written).toEqual(["baggage", "traceparent"]);
  });

  test("fields are listed once", () => {
    expect(createNamedPropagators(["tracecontext", "baggage", "baggage"]).fields()).toEqual([
      "traceparent",
      "tracestate",
      "baggage",
    ]);
  });

  test("of two parents the one of the later propagator wins", () => {
    const headers = { traceparent: `00-${"1".repeat(32)}-${spanId}-01`, b3 };
    expect(trace.getSpanContext(receive(["tracecontext", "b3"], headers))?.traceId).toBe(traceId);
    expect(trace.getSpanContext(receive(["b3", "tracecontext"], headers))?.traceId).toBe("1".repeat(32));
  });
});

describe("b3 beside tracecontext", () => {
  const names = ["tracecontext", "b3"] as const;

  test("a trace that came over b3 is never sent on as random (Level 2, 3.2.2.5.2)", () => {
    const context = receive(names, { b3 });
    const child = trace.setSpan(context, tracer.startSpan("child", {}, context));
    expect(send(names, child).traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  });

  test("a trace that came over traceparent alone keeps its flag", () => {
    const context = receive(names, { traceparent: `00-${traceId}-${spanId}-03` });
    const child = trace.setSpan(context, tracer.startSpan("child", {}, context));
    expect(send(names, child).traceparent).toEndWith("-03");
  });
});
