import { expect, test } from "bun:test";
import { logRecord, spanRecord, storedTrace, traceIdOf } from "../testing/records.ts";
import { readSearch } from "./search.ts";

const NOW_MS = 1_700_000_100_000;
const MICROS = 1_700_000_000_000_000;
const SPAN = spanRecord({
  traceId: traceIdOf(1),
  name: "GET /",
  kind: "server",
  startTime: BigInt(MICROS) * 1000n,
  endTime: BigInt(MICROS) * 1000n + 5_000_000n,
  attributes: [{ key: "http.response.status_code", type: "int64", value: 200 }],
  events: [{ time: 0n, name: "rolled", attributes: [{ key: "sides", type: "int64", value: 6 }], droppedAttributes: 0 }],
  status: { code: "error", message: "no" },
  resource: { service: "front", attributes: [{ key: "service.version", type: "string", value: "1" }] },
});

function isFound(query: string, span = SPAN): boolean {
  const trace = storedTrace(
    span.traceId,
    [spanRecord({ traceId: span.traceId, name: "other" }), span],
    [logRecord({})],
  );
  return readSearch(new URLSearchParams(query), NOW_MS).matches(trace);
}

test.each([
  ["", true],
  ["service=front", true],
  ["service=back", false],
  ["operation=GET /", true],
  ["operation=GET", false],
  ["minDuration=5ms&maxDuration=5ms", true],
  ["minDuration=5.000001ms", false],
  ["maxDuration=0.5ms", false],
  [`start=${MICROS}&end=${MICROS}`, true],
  [`start=${MICROS + 1}`, false],
  [`end=${MICROS - 1}`, false],
  ["lookback=2m", true],
  ["lookback=1m", false],
  [`lookback=1s&end=${MICROS + 500_000}`, true],
  ["lookback=custom", true],
  [`lookback=1ns&start=${MICROS}`, true],
  ["tag=http.response.status_code:200", true],
  ["tag=http.response.status_code:404", false],
  ["tag=span.kind:server", true],
  ["tag=error:true", true],
  ["tag=error:false&operation=GET /", false],
  ["tag=error:false", true],
  ["tag=service.version:1", true],
  ["tag=sides:6", true],
  ["tag=event:rolled", true],
  ["tag=otel.status_description:no", true],
  // One span must meet all conditions, not one span each.
  ["operation=other&tag=span.kind:server", false],
])("%s finds it: %p", (query, found) => {
  expect(isFound(query)).toBe(found);
});

test("the limit has a default, ids are read, and contradicting durations are refused", () => {
  expect(readSearch(new URLSearchParams(""), NOW_MS)).toMatchObject({ limit: 100, traceIds: [] });
  expect(readSearch(new URLSearchParams("limit=5&traceID=1&traceID=2"), NOW_MS)).toMatchObject({
    limit: 5,
    traceIds: [traceIdOf(1), traceIdOf(2)],
  });
  expect(() => readSearch(new URLSearchParams("minDuration=2s&maxDuration=1s"), NOW_MS)).toThrow(
    "parameter 'maxDuration' must be no less than 'minDuration'",
  );
});
