import { expect, test } from "bun:test";
import type { SpanRecord } from "../records.ts";
import { spanRecord, storedTrace, traceIdOf } from "../testing/records.ts";
import { toServiceMap } from "./service-map.ts";

const MS = 1_000_000n;

function span(id: string, parent: string, service: string, more: Partial<SpanRecord> = {}): SpanRecord {
  return spanRecord({
    traceId: traceIdOf(1),
    spanId: id,
    parentSpanId: parent,
    resource: { service, attributes: [] },
    ...more,
  });
}

function mapOf(...spans: readonly SpanRecord[]) {
  const stored = storedTrace(traceIdOf(1), spans);
  return toServiceMap([stored], (id) => (id === traceIdOf(1) ? stored : undefined));
}

test("a call is timed by its caller, who also sees failures that the callee does not know of", () => {
  const times = { startTime: 0n, endTime: 9n * MS };
  const { calls } = mapOf(
    span("a", "", "front", { kind: "client", ...times, status: { code: "error", message: "timeout" } }),
    span("b", "a", "back", { kind: "server" }),
  );
  expect(calls).toEqual([
    { from: "front", to: "back", over: "", count: 1, errors: 1, median: 9000, p95: 9000, max: 9000 },
  ]);
});

test("work inside of a service is no call, and a call over the network to itself is one", () => {
  const { calls } = mapOf(
    span("a", "", "front", { kind: "server" }),
    span("b", "a", "front"),
    span("c", "b", "front", { kind: "client" }),
    span("d", "c", "front", { kind: "server" }),
  );
  expect(calls.map(({ from, to }) => [from, to])).toEqual([["front", "front"]]);
});

test("the share and the order are by number: 95 of 100 are within the 95 %", () => {
  const spans = Array.from({ length: 100 }, (_, index) =>
    span(`c${index}`, "a", "back", { startTime: 0n, endTime: BigInt(index + 1) * MS }),
  );
  expect(mapOf(span("a", "", "front"), ...spans).calls).toMatchObject([
    { count: 100, median: 50_000, p95: 95_000, max: 100_000 },
  ]);
});

test("more services than a picture has room for are counted", () => {
  const spans = Array.from({ length: 150 }, (_, index) => span(`c${index}`, "a", `service-${index}`));
  const map = mapOf(span("a", "", "front"), ...spans);
  expect([map.nodes.length, map.moreNodes]).toEqual([100, 51]);
});
