import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";
import { type Attributes, type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { createTraceContextPropagator } from "../propagation/index.ts";
import { createSpanEncoder, type EncodedSpan } from "./span-encoding.ts";
import { createTraceRequestEncoder } from "./trace-request.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const theirs = (spans: readonly ReadableSpan[]): string =>
  hex(ProtobufTraceSerializer.serializeRequest([...spans]) ?? new Uint8Array());

/** What OpenTelemetry's own serializer makes of the same spans, which is what must come out. */
function expectSameBytes(spans: readonly ReadableSpan[]): void {
  const encode = createSpanEncoder();
  const encodeRequest = createTraceRequestEncoder();
  // After the first two times most attributes are copied from what they left in the encoder's templates.
  for (let times = 0; times < 4; times++) expect(hex(encodeRequest(spans.map(encode)))).toBe(theirs(spans));
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

test("spans of one name, whatever they share with the one before", () => {
  // Few keys and values, so that some are the same again, some are in another place, and some are gone.
  const few = fc.constantFrom<unknown>("a", "b", 0, -0, 1, 200, 2.5, Number.NaN, true, false, ["a"], "x".repeat(5000));
  const own = fc
    .uniqueArray(fc.tuple(fc.constantFrom("k1", "k2", "k3", "k4", "k5"), few), { selector: ([key]) => key })
    .map((pairs) => Object.fromEntries(pairs) as Attributes);
  fc.assert(
    fc.property(fc.array(own, { minLength: 1, maxLength: 20 }), (sets) => {
      const { spans, provider } = collect();
      for (const set of sets) provider.getTracer("t").startSpan("same", { attributes: set }).end();
      expectSameBytes(spans);
    }),
    { numRuns: 200 },
  );
});

test("a list that changes is encoded anew", () => {
  const { spans, provider } = collect();
  const encode = createSpanEncoder();
  const encodeRequest = createTraceRequestEncoder();
  provider
    .getTracer("t")
    .startSpan("s", { attributes: { list: ["a"] } })
    .end();
  const list = spans[0]?.attributes.list;
  for (const word of ["b", "c", "d", "e"]) {
    if (Array.isArray(list)) list.push(word as never);
    expect(hex(encodeRequest(spans.map(encode)))).toBe(theirs(spans));
  }
});

test("spans of one scope that lie in the same place of two blocks", () => {
  const { spans, provider } = collect();
  const start = (scope: string) => provider.getTracer(scope).startSpan("same size").end();
  for (let number = 0; number < 2000; number++) start("a");
  const encoded = spans.map(createSpanEncoder());
  const inFirst = encoded.filter(({ block }) => block === encoded[0]?.block).length;
  spans.length = 0;
  // The fifth span of the first block is the last of its scope there; the sixth of the second block goes on with it.
  for (let number = 0; number < inFirst + 5; number++) start(number < 5 ? "a" : "b");
  start("a");
  expectSameBytes(spans);
});

describe("memory", () => {
  const { spans, provider } = collect();
  const tracer = provider.getTracer("t");
  const filler = "x".repeat(200);
  /** Spans that have just ended. */
  const batch = (size: number): readonly ReadableSpan[] => {
    spans.length = 0;
    for (let number = 0; number < size; number++) {
      tracer.startSpan(`s${number % 3}`, { attributes: { number, filler } }).end();
    }
    return [...spans];
  };
  const arrays = (): number => {
    Bun.gc(true);
    return heapStats().objectTypeCounts.Uint8Array ?? 0;
  };

  test.each([
    [512, 50],
    [10, 2000],
  ])("with %d spans in a batch blocks go round, and none is written to while a span in it waits", (size, rounds) => {
    const encode = createSpanEncoder();
    const encodeRequest = createTraceRequestEncoder();
    const late = batch(512);
    const waiting = late.map(encode);
    const blocks = new Set(waiting.map(({ block }) => block.bytes));
    const bodies = new Set<ArrayBufferLike>();
    for (let round = 0; round < rounds; round++) {
      const encoded = batch(size).map(encode);
      for (const { block } of encoded) blocks.add(block.bytes);
      const body = encodeRequest(encoded);
      bodies.add(body.buffer);
      if (round % 50 === 0) expect(hex(body)).toBe(theirs(spans));
    }
    // 512 spans of 300 bytes are three blocks.
    expect(blocks.size).toBeLessThan(12);
    expect(bodies.size).toBe(1);
    expect(hex(encodeRequest(waiting))).toBe(theirs(late));
  });

  test("of the blocks that an outage filled a few are used again", () => {
    const encode = createSpanEncoder();
    const encodeRequest = createTraceRequestEncoder();
    const fill = () => Array.from({ length: 10 }, () => batch(2000).map(encode)).flat();
    const blocksOf = (encoded: readonly EncodedSpan[]) => new Set(encoded.map(({ block }) => block.bytes));
    const waiting = fill();
    const filled = blocksOf(waiting);
    expect(filled.size).toBeGreaterThan(80);
    encodeRequest(waiting);
    const again = blocksOf(fill()).intersection(filled);
    // The one that was not full yet is among them.
    expect(again.size).toBeWithin(2, 10);
  });

  test("what one large span needed is let go", () => {
    const encode = createSpanEncoder();
    const encodeRequest = createTraceRequestEncoder();
    spans.length = 0;
    tracer.startSpan("long", { attributes: { text: "x".repeat(2_000_000) } }).end();
    expect(encodeRequest(spans.map(encode)).buffer.byteLength).toBeGreaterThan(2_000_000);
    const encoded = batch(512).map(encode);
    expect(Math.max(...encoded.map(({ block }) => block.bytes.length))).toBe(64 * 1024);
    expect(encodeRequest(encoded).buffer.byteLength).toBeLessThan(500_000);
  });

  test("names without end are not kept", () => {
    const encode = createSpanEncoder();
    const before = arrays();
    spans.length = 0;
    for (let number = 0; number < 2000; number++) tracer.startSpan(`n${number}`, { attributes: { number } }).end();
    spans.map(encode);
    expect(arrays() - before).toBeLessThan(600);
  });

  test("long texts are not kept", () => {
    const encode = createSpanEncoder();
    const encodeRequest = createTraceRequestEncoder();
    const size = (): number => {
      Bun.gc(true);
      return heapStats().heapSize + heapStats().extraMemorySize;
    };
    const before = size();
    for (let number = 0; number < 100; number++) {
      spans.length = 0;
      tracer.startSpan(`n${number}`, { attributes: { text: `${number}`.padEnd(500_000, "x") } }).end();
      encodeRequest(spans.map(encode));
    }
    spans.length = 0;
    expect(size() - before).toBeLessThan(50_000_000);
  });
});
