import { describe, expect, test } from "bun:test";
import { diagnose } from "../diagnosis.ts";
import {
  ids,
  requestHeaders,
  responseHeaders,
  type SampleCall,
  sampleCall,
  sent,
  traceB,
  tracesOf,
} from "../testing/sample-call.ts";
import type { Span, Tags } from "../trace.ts";

const wire = requestHeaders({ traceparent: sent });
const answeredBy = (traceId: string) => responseHeaders({ traceresponse: `00-${traceId}-${ids.served}-03` });
const summaryOf = (call: SampleCall) => diagnose(sampleCall(call)).map(({ cause, grade }) => `${cause} ${grade}`);

describe("two spans of one kind", () => {
  const twin = (more: Partial<Span>) => {
    const spans = sampleCall({}).flatMap((trace) => trace.spans);
    const served = spans[2] as Span;
    return diagnose(tracesOf([...spans, { ...served, spanId: "5".repeat(16), ...more }])).map(({ cause }) => cause);
  };

  test("at one time are two instrumentations", () => {
    expect(twin({ startMicros: 2100, durationMicros: 3000 })).toEqual(["double-instrumentation"]);
    expect(twin({ parentId: ids.served, startMicros: 2100, durationMicros: 3000 })).toEqual(["double-instrumentation"]);
  });

  test("one after the other are two attempts, and over two connections two requests", () => {
    expect(twin({ startMicros: 6100, durationMicros: 500 })).toEqual([]);
    const [served] = sampleCall({}).flatMap(({ spans }) => spans.slice(2));
    const at = (port: number) => ({ ...served?.attributes, "network.peer.port": port });
    const spans = sampleCall({ served: { attributes: at(1) } }).flatMap((trace) => trace.spans);
    const other = { ...(spans[2] as Span), spanId: "5".repeat(16), attributes: at(2) };
    expect(diagnose(tracesOf([...spans, other]))).toEqual([]);
  });
});

test("a service that passes a call on has a SERVER and a CLIENT span of one method", () => {
  const spans = sampleCall({}).flatMap((trace) => trace.spans);
  const served = spans[2] as Span;
  const onward = { ...served, spanId: ids.work, parentId: served.spanId, kind: "client" as const };
  expect(diagnose(tracesOf([...spans, onward]))).toEqual([]);
  const ofAnother = { ...served, spanId: ids.work, parentId: served.spanId, service: "store" };
  expect(diagnose(tracesOf([...spans, ofAnother])).map(({ cause }) => cause)).toEqual(["wrong-parent"]);
});

test("two instrumentations below a missing parent are two findings", () => {
  const served = sampleCall({}).flatMap(({ spans }) => spans)[2] as Span;
  const found = diagnose(tracesOf([served, { ...served, spanId: "5".repeat(16) }]));
  expect(found.map(({ cause }) => cause)).toEqual(["double-instrumentation", "missing-parent-unknown"]);
});

describe("clocks", () => {
  test("that differ by seconds are found, in both directions, also where the trace broke", () => {
    expect(summaryOf({ served: { startMicros: 2_000_000 } })).toEqual(["clock-skew certain"]);
    expect(summaryOf({ served: { startMicros: -2_000_000 } })).toEqual(["clock-skew certain"]);
  });

  test("of two services are one finding, however many calls there are", () => {
    const spans = sampleCall({ served: { startMicros: 2_000_000 } }).flatMap((trace) => trace.spans);
    const again = spans.slice(1).map((span) => ({
      ...span,
      spanId: span.spanId.replaceAll(/[23]/g, "6").replace(/^6/, span.spanId.charAt(0)),
      parentId: span.kind === "client" ? ids.entry : `2${"6".repeat(15)}`,
    }));
    const found = diagnose(tracesOf([...spans, ...again]));
    expect(found.map(({ cause, spans: [first] }) => [cause, first?.spanId])).toEqual([["clock-skew", ids.served]]);
  });

  test("that differ by milliseconds are usual, and a caller that gave up did not wait", () => {
    expect(summaryOf({ served: { startMicros: 30_000 } })).toEqual([]);
    const [trace] = sampleCall({ served: { startMicros: 2_000_000 } });
    const spans = (trace?.spans ?? []).map((span) =>
      span.kind === "client" ? { ...span, status: "error" as const } : span,
    );
    expect(diagnose(tracesOf(spans))).toEqual([]);
  });
});

describe("baggage", () => {
  const left = { ...requestHeaders({ traceparent: sent, baggage: "table=blue" }), table: "blue" };

  test("that left and did not arrive is certain where the spans show it too", () => {
    expect(summaryOf({ left, arrived: wire })).toEqual(["baggage-dropped certain"]);
    const { table: _attribute, ...headers } = left;
    expect(summaryOf({ left: headers, arrived: wire })).toEqual(["baggage-dropped likely"]);
  });

  test("that arrived is fine, and what was lost with the whole context is one finding", () => {
    expect(summaryOf({ left, arrived: left })).toEqual([]);
    const lost = { left: { ...left, ...answeredBy(traceB) }, arrived: requestHeaders({ b3: "1" }), isNewTrace: true };
    expect(summaryOf(lost)).toEqual(["format-mismatch certain"]);
  });

  test("that a service does not pass on is likely dropped where the next would show it", () => {
    const traces = (attributes: Tags) =>
      sampleCall({ left: wire, arrived: wire }).map((trace) => ({
        ...trace,
        spans: trace.spans.map((span) => (span.spanId === ids.entry ? { ...span, attributes } : span)),
      }));
    const arrivedAtFront = requestHeaders({ traceparent: sent, baggage: "table=blue" });
    expect(
      diagnose(traces({ ...arrivedAtFront, table: "blue" })).map(({ cause, grade }) => `${cause} ${grade}`),
    ).toEqual(["baggage-dropped likely"]);
    expect(diagnose(traces(arrivedAtFront))).toEqual([]);
  });

  test("that is private and goes to a stranger is a leak, but not where the callee is known", () => {
    const secret = requestHeaders({ traceparent: sent, baggage: "user.email=a@example.com" });
    const at = { "server.address": "ads.example" };
    expect(summaryOf({ left: { ...secret, ...at }, isServed: false })).toEqual(["baggage-leak likely"]);
    expect(summaryOf({ left: { ...secret, ...at } })).toEqual([]);
    const answered = { ...secret, ...at, ...responseHeaders({ traceresponse: "x" }) };
    expect(summaryOf({ left: answered, isServed: false })).toEqual([]);
    const known = sampleCall({ left: { ...wire, ...at } }).flatMap((trace) => trace.spans);
    const [again] = sampleCall({ left: { ...secret, ...at } }).flatMap((trace) => trace.spans.slice(1, 2));
    const spans = [...known, { ...(again as Span), spanId: ids.work }];
    expect(diagnose(tracesOf(spans)).map(({ cause }) => cause)).toEqual(["missing-callee-unknown"]);
    const harmless = requestHeaders({ traceparent: sent, baggage: "table=blue" });
    expect(summaryOf({ left: { ...harmless, ...at }, isServed: false })).toEqual([]);
    expect(
      JSON.stringify(diagnose(sampleCall({ left: { ...secret, ...at }, isServed: false })).map((f) => f.evidence)),
    ).not.toContain("a@");
  });
});
