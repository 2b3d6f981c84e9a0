import { describe, expect, test } from "bun:test";
import { logRecord, spanRecord, traceIdOf } from "../testing/records.ts";
import { createTraceStore, type TraceStore } from "./trace-store.ts";

const KIBIBYTE = 1024;

function keptIds(store: TraceStore): readonly number[] {
  return [...store.newestFirst()].map(({ traceId }) => Number.parseInt(traceId, 16));
}

describe("bounded by the number of traces", () => {
  test("the oldest is dropped first and counted with its spans and logs", () => {
    const store = createTraceStore({ maxTraces: 2, maxBytes: 1024 * KIBIBYTE });
    for (const number of [1, 2]) store.addSpan(spanRecord({ traceId: traceIdOf(number) }));
    store.addSpan(spanRecord({ traceId: traceIdOf(1), spanId: "2222222222222222" }));
    store.addLog(logRecord({ traceId: traceIdOf(1) }));
    expect(store.stats()).toMatchObject({ traces: 2, spans: 3, logs: 1, droppedTraces: 0 });
    store.addSpan(spanRecord({ traceId: traceIdOf(3) }));
    expect(keptIds(store)).toEqual([3, 2]);
    expect(store.get(traceIdOf(1))).toBeUndefined();
    expect(store.stats()).toMatchObject({
      traces: 2,
      spans: 2,
      logs: 0,
      droppedTraces: 1,
      droppedSpans: 2,
      droppedLogs: 1,
    });
  });
});

describe("bounded by bytes", () => {
  test("the counted bytes never exceed the limit, and are 0 when all traces are dropped", () => {
    const maxBytes = 64 * KIBIBYTE;
    const store = createTraceStore({ maxTraces: 1_000_000, maxBytes });
    for (let number = 1; number <= 1000; number += 1) {
      store.addSpan(spanRecord({ traceId: traceIdOf(number), name: "x".repeat(number) }));
      store.addLog(logRecord({ traceId: traceIdOf(number), body: "y".repeat(number) }));
      expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes);
    }
    const { traces, droppedTraces } = store.stats();
    expect(traces).toBeGreaterThan(5);
    expect(traces + droppedTraces).toBe(1000);
    expect(keptIds(store)[0]).toBe(1000);
  });

  test("a trace without an end does not displace the others: it stops growing at half of the memory", () => {
    const store = createTraceStore({ maxTraces: 10, maxBytes: 64 * KIBIBYTE });
    store.addSpan(spanRecord({ traceId: traceIdOf(1) }));
    const taken = Array.from({ length: 1000 }, (_, index) =>
      store.addSpan(spanRecord({ traceId: traceIdOf(2), name: `span ${index}` })),
    );
    expect(taken[0]).toBeTrue();
    expect(taken.at(-1)).toBeFalse();
    expect(store.addLog(logRecord({ traceId: traceIdOf(2) }))).toBeFalse();
    expect(keptIds(store)).toEqual([2, 1]);
    expect(store.stats()).toMatchObject({ droppedTraces: 0, spans: 1 + taken.filter(Boolean).length });
  });

  test("a span that is larger than the memory is dropped at once", () => {
    const store = createTraceStore({ maxTraces: 10, maxBytes: 8 * KIBIBYTE });
    store.addSpan(spanRecord({ traceId: traceIdOf(1), name: "x".repeat(16 * KIBIBYTE) }));
    expect(store.stats()).toMatchObject({ traces: 0, bytes: 0, droppedTraces: 1 });
  });

  test("a resource counts once, however many spans share it", () => {
    const store = createTraceStore({ maxTraces: 10, maxBytes: 1024 * KIBIBYTE });
    const value = "x".repeat(10 * KIBIBYTE);
    const resource = { service: "front", attributes: [{ key: "k", type: "string" as const, value }] };
    for (const spanId of ["1", "2", "3"]) store.addSpan(spanRecord({ traceId: traceIdOf(1), spanId, resource }));
    expect(store.stats().bytes).toBeGreaterThan(20 * KIBIBYTE);
    expect(store.stats().bytes).toBeLessThan(30 * KIBIBYTE);
  });
});

test("a span that is sent again, as exporters do after a lost answer, is stored once", () => {
  const store = createTraceStore({ maxTraces: 10, maxBytes: 64 * KIBIBYTE });
  const span = spanRecord({ traceId: traceIdOf(1) });
  store.addSpan(span);
  const { bytes } = store.stats();
  expect(store.addSpan(structuredClone(span))).toBeTrue();
  expect(store.stats()).toMatchObject({ spans: 1, bytes });
  store.addSpan({ ...span, name: "another with the same id" });
  expect(store.stats().spans).toBe(2);
});

test("a trace that has only logs is not listed", () => {
  const store = createTraceStore({ maxTraces: 10, maxBytes: 64 * KIBIBYTE });
  store.addLog(logRecord({ traceId: traceIdOf(1), body: "before its span" }));
  expect(keptIds(store)).toEqual([]);
  expect(store.get(traceIdOf(1))?.logs).toHaveLength(1);
  store.addSpan(spanRecord({ traceId: traceIdOf(1) }));
  expect(keptIds(store)).toEqual([1]);
});

describe("a trace that is not whole", () => {
  test("counts what it was refused", () => {
    const store = createTraceStore({ maxTraces: 10, maxBytes: 64 * KIBIBYTE });
    const add = (index: number) => store.addSpan(spanRecord({ traceId: traceIdOf(1), spanId: `${index}` }));
    const refused = Array.from({ length: 100 }, (_, index) => add(index)).filter((taken) => !taken).length;
    expect(refused).toBeGreaterThan(0);
    store.addLog(logRecord({ traceId: traceIdOf(1) }));
    expect(store.get(traceIdOf(1))?.cut).toBe(refused + 1);
  });

  test("is known when its end comes after its beginning has made room for others", () => {
    const store = createTraceStore({ maxTraces: 2, maxBytes: 64 * KIBIBYTE });
    for (const number of [1, 2, 3]) store.addSpan(spanRecord({ traceId: traceIdOf(number) }));
    store.addSpan(spanRecord({ traceId: traceIdOf(1), spanId: "2222222222222222", parentSpanId: "1111111111111111" }));
    expect([1, 3].map((number) => store.get(traceIdOf(number))?.cut)).toEqual([undefined, 0]);
  });
});

describe("what many spans have in common", () => {
  const value = "x".repeat(10 * KIBIBYTE);
  const resource = () => ({ service: "front", attributes: [{ key: "k", type: "string" as const, value }] });

  test("is kept once over all traces and requests, and let go with the last of them", () => {
    const store = createTraceStore({ maxTraces: 3, maxBytes: 1024 * KIBIBYTE });
    for (let number = 1; number <= 3; number += 1) {
      store.addSpan(spanRecord({ traceId: traceIdOf(number), resource: resource() }));
    }
    expect(store.stats().bytes).toBeLessThan(30 * KIBIBYTE);
    const [first, second] = [1, 2].map((number) => store.get(traceIdOf(number))?.spans[0]?.resource);
    expect(first).toBe(second as NonNullable<typeof second>);
    for (let number = 4; number <= 6; number += 1) store.addSpan(spanRecord({ traceId: traceIdOf(number) }));
    expect(store.stats().bytes).toBeLessThan(10 * KIBIBYTE);
  });

  test("such as names and attributes is one object", () => {
    const store = createTraceStore({ maxTraces: 10, maxBytes: 1024 * KIBIBYTE });
    for (let number = 1; number <= 2; number += 1) {
      const attributes = [{ key: "http.route", type: "string" as const, value: "/rolldice" }];
      store.addSpan(spanRecord({ traceId: traceIdOf(number), attributes }));
    }
    const [first, second] = [1, 2].map((number) => store.get(traceIdOf(number))?.spans[0]?.attributes[0]);
    expect(first).toBe(second as NonNullable<typeof second>);
    expect(first).toEqual({ key: "http.route", type: "string", value: "/rolldice" });
  });
});

test("thousands of spans with one id, the first of them large, cost time in proportion", () => {
  const store = createTraceStore({ maxTraces: 10, maxBytes: 64 * 1024 * KIBIBYTE });
  const begun = performance.now();
  store.addSpan(spanRecord({ traceId: traceIdOf(1), name: "x".repeat(1024 * KIBIBYTE) }));
  for (let number = 0; number < 5000; number += 1) {
    store.addSpan(spanRecord({ traceId: traceIdOf(1), name: `${number}` }));
  }
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(store.stats().spans).toBe(5001);
});
