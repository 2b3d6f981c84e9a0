/** What differs from Jaeger or cannot be compared with it. The rest is in jaeger-parity.test.ts. */
import { expect, test } from "bun:test";
import { spanRecord, storedTrace, traceIdOf } from "../testing/records.ts";
import { toJaegerTrace } from "./jaeger-json.ts";

const traceId = traceIdOf(1).replace(/^0/, "a");
const START = 1_700_000_000_000_000_999n;

test("spans are in the order in which they started, and each process is there once", () => {
  const sender = (service: string) => ({ service, attributes: [{ key: "b", type: "string" as const, value: "x" }] });
  const trace = toJaegerTrace(
    storedTrace(traceId, [
      spanRecord({ traceId, spanId: "3", startTime: 3n, resource: sender("back") }),
      spanRecord({ traceId, spanId: "1", startTime: 1n, resource: sender("front") }),
      spanRecord({ traceId, spanId: "2", startTime: 2n, resource: sender("front") }),
    ]),
  );
  expect(trace.spans.map(({ spanID, processID }) => [spanID, processID])).toEqual([
    ["1", "p1"],
    ["2", "p1"],
    ["3", "p2"],
  ]);
  expect(trace.processes).toEqual({
    p1: { serviceName: "front", tags: [{ key: "b", type: "string", value: "x" }] },
    p2: { serviceName: "back", tags: [{ key: "b", type: "string", value: "x" }] },
  });
});

test("times are truncated to whole microseconds", () => {
  const [span] = toJaegerTrace(
    storedTrace(traceId, [spanRecord({ traceId, startTime: START, endTime: START + 1_999n })]),
  ).spans;
  expect(span).toMatchObject({ startTime: 1_700_000_000_000_000, duration: 1, warnings: null });
});

test("a span that ends before it starts has the duration 0 and a warning", () => {
  const [span] = toJaegerTrace(
    storedTrace(traceId, [spanRecord({ traceId, startTime: START, endTime: START - 5_000n })]),
  ).spans;
  expect(span).toMatchObject({
    duration: 0,
    warnings: ["The span ends before it starts; it is shown with the duration 0."],
  });
});

test("a span that links to its own parent keeps the parent", () => {
  const links = [{ traceId, spanId: "9", flags: 0, attributes: [], droppedAttributes: 0 }];
  const [span] = toJaegerTrace(storedTrace(traceId, [spanRecord({ traceId, parentSpanId: "9", links })])).spans;
  expect(span?.references?.map(({ refType, spanID }) => [refType, spanID])).toEqual([
    ["CHILD_OF", "9"],
    ["FOLLOWS_FROM", "9"],
  ]);
});

test("an id of 64 bits has 16 digits everywhere", () => {
  const short = traceIdOf(5);
  const trace = toJaegerTrace(storedTrace(short, [spanRecord({ traceId: short, parentSpanId: "9" })]));
  expect([trace.traceID, trace.spans[0]?.traceID, trace.spans[0]?.references?.[0]?.traceID]).toEqual(
    Array.from({ length: 3 }, () => "0000000000000005"),
  );
});

test("a trace that was cut says so, and how much is missing where that is known", () => {
  const warningsOf = (cut: number | undefined) =>
    toJaegerTrace({ ...storedTrace(traceId, [spanRecord({ traceId })]), cut }).warnings;
  expect(warningsOf(0)).toBeNull();
  expect(warningsOf(1)).toEqual([expect.stringMatching(/^This trace was cut: .* and 1 more span or log came\./)]);
  expect(warningsOf(undefined)).toEqual([expect.stringContaining("This trace was cut: it came back")]);
});
