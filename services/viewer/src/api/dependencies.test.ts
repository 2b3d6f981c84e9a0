import { expect, test } from "bun:test";
import { spanRecord, storedTrace, traceIdOf } from "../testing/records.ts";
import { countDependencies } from "./dependencies.ts";

const NOW_MS = 1_700_000_000_000;
const traceId = traceIdOf(1);
const at = (service: string, spanId: string, parentSpanId: string, startMs = NOW_MS - 1000) =>
  spanRecord({
    traceId,
    spanId,
    parentSpanId,
    startTime: BigInt(startMs) * 1_000_000n,
    endTime: BigInt(startMs) * 1_000_000n,
    resource: { service, attributes: [] },
  });

const SPANS = [
  at("front", "1", ""),
  at("front", "2", "1"),
  at("back", "3", "2"),
  at("back", "4", "2"),
  at("lost", "5", "9"),
];

function count(query: string, spans = SPANS) {
  return countDependencies([storedTrace(traceId, spans)], new URLSearchParams(query), NOW_MS);
}

test("calls are counted by caller and callee", () => {
  expect(count("")).toEqual([
    { parent: "front", child: "front", callCount: 1 },
    { parent: "front", child: "back", callCount: 2 },
  ]);
});

test("a trace counts only when all of it lies within the requested time", () => {
  expect(count(`endTs=${NOW_MS}&lookback=1000`)).toHaveLength(2);
  expect(count(`endTs=${NOW_MS}&lookback=999`)).toEqual([]);
  expect(count(`endTs=${NOW_MS - 1001}`)).toEqual([]);
  expect(count(`endTs=${NOW_MS}`, [...SPANS, at("front", "6", "1", NOW_MS + 1)])).toEqual([]);
});

test("invalid parameters are refused", () => {
  expect(() => count("endTs=now")).toThrow("parameter 'endTs' must be a whole number of at least 0");
  expect(() => count("lookback=1h")).toThrow("parameter 'lookback' must be a whole number of at least 0");
});
