import { expect, test } from "bun:test";
import { type Attributes, type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { createTraceContextPropagator } from "../propagation/index.ts";
import { createSpanEncoder } from "./span-encoding.ts";
import { encodeTraces } from "./trace-request.ts";

/** What OpenTelemetry's own serializer makes of the same spans, which is what must come out. */
function expectSameBytes(spans: readonly ReadableSpan[]): void {
  const encode = createSpanEncoder();
  // The third time most attributes are copied from what the first two left in the encoder's cache.
  for (let times = 0; times < 2; times++) spans.map(encode);
  const ours = encodeTraces(spans.map(encode));
  const theirs = ProtobufTraceSerializer.serializeRequest([...spans]);
  expect(Buffer.from(ours).toString("hex")).toBe(Buffer.from(theirs ?? []).toString("hex"));
}

function collect() {
  const spans: ReadableSpan[] = [];
  const nothing = () => Promise.resolve();
  const keep = {
    onStart() {},
    onEnd: (span: ReadableSpan) => void spans.push(span),
    forceFlush: nothing,
    shutdown: nothing,
  };
  const resource = resourceFromAttributes(
    { "service.name": "x", list: ["a", "b"] },
    { schemaUrl: "https://example.com" },
  );
  return { spans, provider: new BasicTracerProvider({ resource, spanProcessors: [keep] }) };
}

const value = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }),
  fc.array(fc.option(fc.double()), { maxLength: 5 }),
);
const attributes = fc.dictionary(fc.string({ unit: "binary", minLength: 1 }), value, { maxKeys: 12 });

test("any span: its bytes are those of OpenTelemetry's own serializer", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(text, attributes, attributes, attributes, text, (name, own, ofEvent, ofLink, message) => {
      const { spans, provider } = collect();
      const tracer = provider.getTracer(name || "t", "1", { schemaUrl: "https://example.com/scope" });
      const link: Link = {
        context: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b7", traceFlags: 3 },
      };
      const links = [{ ...link, attributes: ofLink as Attributes }];
      const span = tracer.startSpan(name, { kind: SpanKind.PRODUCER, attributes: own as Attributes, links });
      span.addEvent(name, ofEvent as Attributes);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      span.end();
      expectSameBytes(spans);
    }),
    { numRuns: 200 },
  );
});

test("a remote parent with a trace state, several scopes, and more spans than one block holds", () => {
  const { spans, provider } = collect();
  const carrier: Record<string, string> = {
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
    tracestate: "a=1,b=2",
  };
  const remote = createTraceContextPropagator().extract(ROOT_CONTEXT, carrier, {
    get: (from, key) => from[key],
    keys: Object.keys,
  });
  for (let number = 0; number < 2000; number++) {
    const tracer = provider.getTracer(`scope ${number % 3}`);
    const parent = tracer.startSpan("parent", { attributes: { number, text: "ü".repeat(number % 200) } }, remote);
    tracer.startSpan("child", { kind: SpanKind.CLIENT }, trace.setSpan(remote, parent)).end(new Date(2 ** 41 + number));
    parent.end();
  }
  expectSameBytes(spans);
});

test("texts longer than a block, and lengths at each border of a varint", () => {
  const { spans, provider } = collect();
  for (const length of [0, 47, 48, 49, 127, 128, 16_383, 16_384, 70_000, 2_100_000]) {
    provider
      .getTracer("t")
      .startSpan("s", { attributes: { text: "x".repeat(length) } })
      .end();
  }
  expectSameBytes(spans);
});
