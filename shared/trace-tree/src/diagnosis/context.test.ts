import { describe, expect, test } from "bun:test";
import { diagnose } from "../diagnosis.ts";
import { sampleSpan, traceA, traceB, tracesOf } from "../testing/sample-call.ts";
import type { Span } from "../trace.ts";

const request = (traceId: string, startMicros: number, name = "GET /rolldice"): Span =>
  sampleSpan({
    traceId,
    spanId: `${traceId[0]}1`.padEnd(16, "0"),
    kind: "server",
    service: "front",
    name,
    startMicros,
    durationMicros: 9000,
  });

const call = (traceId: string, startMicros: number, parent?: Span, method = "Roll"): Span =>
  sampleSpan({
    traceId,
    spanId: `${traceId[0]}2${method.length}`.padEnd(16, "0"),
    ...(parent && { parentId: parent.spanId }),
    kind: "client",
    service: "front",
    startMicros,
    durationMicros: 5000,
    attributes: { "rpc.system.name": "grpc", "rpc.method": method },
  });

const causesOf = (...spans: readonly Span[]) => diagnose(tracesOf(spans)).map(({ cause }) => cause);

describe("a call without a parent", () => {
  test("lost its context where a request without a call ran around it", () => {
    const [finding] = diagnose(tracesOf([request(traceA, 0), call(traceB, 1000)]));
    expect(finding).toMatchObject({ cause: "context-lost", grade: "likely" });
    expect(finding?.spans.map(({ traceId }) => traceId)).toEqual([traceB, traceA]);
    expect(finding?.next).toContain("timer");
  });

  test("is work of its own where no request ran, or another service's did", () => {
    expect(causesOf(request(traceA, 0), call(traceB, 20_000))).toEqual([]);
    expect(causesOf({ ...request(traceA, 0), service: "back" }, call(traceB, 1000))).toEqual([]);
  });

  test("is work of its own where the request made its calls", () => {
    const entry = request(traceA, 0);
    expect(causesOf(entry, call(traceA, 500, entry), call(traceB, 1000))).toEqual([]);
    expect(causesOf(entry, call(traceA, 500, entry, "Other"), call(traceB, 1000))).toEqual([]);
  });

  test("is work of its own where the request made this very call, as its like do", () => {
    const entry = request(traceA, 0);
    const other = request("c".repeat(32), 50_000);
    expect(
      causesOf(entry, call(traceA, 500, entry), call(traceB, 1000), other, call(other.traceId, 51_000, other)),
    ).toEqual([]);
  });

  test("is missing in a request below which a later one made its call", () => {
    const entry = request(traceA, 0);
    const later = request("c".repeat(32), 30_000);
    expect(causesOf(entry, call(traceB, 1000), call(traceA, 31_000, entry), later)).toEqual([
      "stale-context",
      "context-lost",
    ]);
  });

  test("is missing in a request whose like make two calls", () => {
    const entry = request(traceA, 0);
    const other = request("c".repeat(32), 50_000);
    const usual = [other, call(other.traceId, 51_000, other), call(other.traceId, 52_000, other, "Other")];
    expect(causesOf(entry, call(traceA, 500, entry, "Other"), call(traceB, 1000), ...usual)).toEqual(["context-lost"]);
  });
});

describe("a call below a request that is over", () => {
  const old = request(traceA, 0);
  const late = call(traceA, 31_000, old);

  test("is in the context of an earlier request where a later one has no call", () => {
    const [finding] = diagnose(tracesOf([old, late, request(traceB, 30_000)]));
    expect(finding).toMatchObject({ cause: "stale-context", grade: "likely" });
    expect(finding?.spans[0]).toBe(late);
  });

  test("is work that goes on where no other request ran, or where it made its own call", () => {
    expect(causesOf(old, late)).toEqual([]);
    const later = request(traceB, 30_000);
    expect(causesOf(old, late, later, call(traceB, 31_000, later))).toEqual([]);
  });

  test("is fine where it ended with its request, or where its parent is of another service", () => {
    expect(causesOf(old, { ...call(traceA, 8500, old), durationMicros: 1200 }, request(traceB, 8000))).toEqual([]);
    const ofBack = { ...call(traceA, 31_000, old), service: "back" };
    expect(causesOf(old, ofBack, { ...request(traceB, 30_000), service: "back" })).toEqual([]);
  });

  test("may seem to begin a moment early where starts are known to the millisecond", () => {
    expect(causesOf(old, call(traceA, 8500, old), request(traceB, 8000))).toEqual(["stale-context"]);
  });
});
