import { describe, expect, test } from "bun:test";
import { diagnose } from "../diagnosis.ts";
import { ids, requestHeaders, type SampleCall, sampleCall, sent, traceA, tracesOf } from "../testing/sample-call.ts";
import type { Span } from "../trace.ts";

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A call that arrived with other headers than it left with, beside a healthy call whose callee captures tracestate. */
function callOf(left: Headers, arrived: Headers, call: SampleCall = {}) {
  return sampleCall({
    left: requestHeaders({ traceparent: sent, ...left }),
    arrived: requestHeaders({ traceparent: sent, ...arrived }),
    ...call,
  });
}

const gradesOf = (traces: ReturnType<typeof callOf>) => diagnose(traces).map(({ cause, grade }) => `${cause} ${grade}`);

/** Another call of the same services, in which tracestate arrived. */
function besideHealthy(traces: ReturnType<typeof callOf>) {
  const other = callOf({ tracestate: "a=1" }, { tracestate: "a=1" }).flatMap(({ spans }) => spans);
  const renamed = other.map(
    (span): Span => ({ ...span, traceId: "c".repeat(32), startMicros: span.startMicros + 1e6 }),
  );
  return [...traces, ...tracesOf(renamed)];
}

const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=1`).join(",");

describe("tracestate", () => {
  test.each<readonly [string, Headers, Headers, readonly string[]]>([
    ["some of it did not arrive", { tracestate: "a=1,b=2" }, { tracestate: "a=1" }, ["tracestate-dropped certain"]],
    ["an entry was added", { tracestate: "a=1" }, { tracestate: "b=2,a=1" }, ["tracestate-altered certain"]],
    ["a value is another one", { tracestate: "a=Ab" }, { tracestate: "a=ab" }, ["tracestate-altered certain"]],
    ["an entry stands in for another", { tracestate: "a=1" }, { tracestate: "b=1" }, ["tracestate-altered certain"]],
    ["the order is another one", { tracestate: "a=1,b=2" }, { tracestate: "b=2,a=1" }, ["tracestate-altered certain"]],
    ["its recorded value is cut", { tracestate: "a=123,b=2" }, { tracestate: "a=12" }, ["tracestate-dropped likely"]],
    ["it is the same in two headers", { tracestate: "a=1,b=2" }, { tracestate: ["a=1", "b=2"] }, []],
    ["it is the same with spaces and empty entries", { tracestate: "a=1,b=2" }, { tracestate: "a=1 ,, b=2" }, []],
    ["it was not valid, and was discarded", { tracestate: "a=1,a=2" }, { tracestate: "b=1" }, []],
    ["it had more entries than are allowed", { tracestate: many(33) }, { tracestate: many(32) }, []],
    ["its value has no valid form", { tracestate: "a=x=y,b=2" }, { tracestate: "b=2" }, []],
    [
      "a tenant's entry did not arrive",
      { tracestate: "t1@v=1,b=2" },
      { tracestate: "b=2" },
      ["tracestate-dropped certain"],
    ],
    ["its key has no valid form", { tracestate: "A=1,b=2" }, { tracestate: "b=2" }, []],
    [
      "it was longer than what must be passed on",
      { tracestate: `a=1,b=${"x".repeat(250)},c=${"x".repeat(255)},d=${"y".repeat(20)}` },
      { tracestate: `a=1,c=${"x".repeat(255)}` },
      [],
    ],
  ])("%s", (_, left, arrived, expected) => {
    expect(gradesOf(callOf(left, arrived))).toEqual([...expected]);
  });

  test("that did not arrive is certain where the callee is known to capture it", () => {
    const dropped = callOf({ tracestate: "a=1" }, {});
    expect(gradesOf(dropped)).toEqual(["tracestate-dropped likely"]);
    expect(diagnose(dropped)[0]?.next).toContain("captures tracestate at all");
    expect(gradesOf(besideHealthy(dropped))).toEqual(["tracestate-dropped certain"]);
  });

  test("is not known to be missing where the callee captures nothing", () => {
    expect(gradesOf(callOf({ tracestate: "a=1" }, {}, { arrived: {} }))).toEqual([]);
  });

  test("is cleared by a callee that restarts the trace on purpose", () => {
    const served = { links: [{ traceId: traceA, spanId: ids.call }] };
    const arrived = { tracestate: "b=1" };
    expect(gradesOf(callOf({ tracestate: "a=1" }, arrived, { isNewTrace: true, served }))).toEqual([]);
  });

  test("is missing at the second of two instrumentations, which is another fault", () => {
    const spans = callOf({ tracestate: "a=1" }, { tracestate: "a=1" }).flatMap((trace) => trace.spans);
    const [, , served] = spans;
    const again = { ...(served as Span), spanId: "5".repeat(16), attributes: requestHeaders({ traceparent: sent }) };
    const twin = { ...again, attributes: { ...again.attributes, "rpc.method": "dice.Dice/Roll" } };
    expect(gradesOf(tracesOf([...spans, twin]))).toEqual(["double-instrumentation certain"]);
  });

  test("that only the callee captures is no fault", () => {
    const appeared = callOf({}, { tracestate: "a=1" });
    expect(gradesOf(appeared)).toEqual([]);
    expect(gradesOf(besideHealthy(appeared))).toEqual(["tracestate-altered certain"]);
  });

  test("may be changed by what takes part in the trace", () => {
    const other = "6".repeat(16);
    const traceparent = sent.replace(ids.call, other);
    const traces = callOf({ tracestate: "a=1" }, { traceparent, tracestate: "b=2" }, { served: { parentId: other } });
    expect(gradesOf(traces)).toEqual(["silent-intermediary certain"]);
    const middle = { spanId: other, parentId: ids.call, kind: "internal" as const, service: "proxy" };
    const [trace] = traces;
    const withProxy = { ...trace?.spans[1], ...middle } as Span;
    expect(gradesOf(tracesOf([...(trace?.spans ?? []), withProxy])).join()).not.toContain("tracestate");
  });

  test("says what is another, but not of a healthy call", () => {
    const [finding] = diagnose(callOf({ tracestate: "a=1,c=1" }, { tracestate: "a=2,c=1,b=1" }));
    expect(finding?.symptom).toContain("b was added; a has another value.");
    expect(diagnose(callOf({ tracestate: "a=1,c=1" }, { tracestate: "a=1,c=1" }))).toEqual([]);
  });
});

describe("the flags", () => {
  const withFlags = (flags: string) => ({ traceparent: sent.replace(/03$/, flags) });

  test.each([
    ["00", "sampled-flag-lost certain"],
    ["02", "sampled-flag-lost certain"],
    ["01", "random-flag-lost certain"],
  ])("arrived as %s, and left as 03", (flags, expected) => {
    expect(gradesOf(callOf({}, withFlags(flags)))).toEqual([expected]);
  });

  test("may be added to, and an older version has fewer of them", () => {
    expect(gradesOf(callOf(withFlags("01"), withFlags("03")))).toEqual([]);
    expect(gradesOf(callOf({ traceparent: `01${sent.slice(2)}` }, withFlags("01")))).toEqual([]);
  });
});

describe("baggage", () => {
  test.each<readonly [string, string, string, readonly string[]]>([
    ["has another value", "k=blue", "k=red", ["baggage-altered likely"]],
    ["was encoded twice", "k=blue%20sky", "k=blue%2520sky", ["baggage-altered certain"]],
    ["lost what its value was encoded for", "k=blue%20sky", "k=blue+sky", ["baggage-altered likely"]],
    ["is encoded otherwise and means the same", "k=blue%7Esky;p=1", "k=blue~sky", []],
    ["has more keys and another order", "a=1,k=2", "z=3,k=2,a=1", []],
  ])("%s", (_, left, arrived, expected) => {
    expect(gradesOf(callOf({ baggage: left }, { baggage: arrived }))).toEqual([...expected]);
  });

  test("does not tell its values", () => {
    const found = diagnose(
      callOf({ baggage: "user.email=ann@example.com" }, { baggage: "user.email=bob@example.com" }),
    );
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found.map(({ spans: _, ...text }) => text))).not.toContain("example.com");
  });
});
