import { expect, test } from "bun:test";
import { TRACE_ID, toAttributes } from "../testing/otlp.ts";
import { readLogsJson } from "./json.ts";
import { readLogs } from "./logs.ts";

function read(logRecord: object) {
  const resource = { attributes: toAttributes({ "service.name": "back", "service.version": "1" }) };
  const scopeLogs = [{ scope: { name: "pino" }, logRecords: [logRecord] }];
  return readLogs(readLogsJson({ resourceLogs: [{ resource, scopeLogs }] })).items[0];
}

test("a log record with every field", () => {
  const log = read({
    timeUnixNano: "1700000000000000001",
    severityNumber: 9,
    severityText: "INFO",
    body: { stringValue: "rolled" },
    attributes: toAttributes({ sides: 6n }),
    traceId: TRACE_ID,
    spanId: "1111111111111111",
    eventName: "dice.rolled",
  });
  expect(log).toEqual({
    id: 0,
    traceId: TRACE_ID,
    spanId: "1111111111111111",
    time: 1_700_000_000_000_000_001n,
    severityNumber: 9,
    severityText: "INFO",
    body: "rolled",
    attributes: [
      { key: "event.name", type: "string", value: "dice.rolled" },
      { key: "sides", type: "int64", value: 6 },
    ],
    resource: { service: "back", attributes: [{ key: "service.version", type: "string", value: "1" }] },
    scope: { name: "pino", version: "", attributes: [] },
  });
});

test("a record without a time has its observed time", () => {
  expect(read({ observedTimeUnixNano: "5" })?.time).toBe(5n);
  expect(read({ timeUnixNano: "4", observedTimeUnixNano: "5" })?.time).toBe(4n);
});

test("an invalid id is left out, and so is a span id without a trace id", () => {
  expect(read({ traceId: "abcd", spanId: "1111111111111111" })).toMatchObject({ traceId: "", spanId: "" });
  expect(read({ traceId: TRACE_ID, spanId: "00" })).toMatchObject({ traceId: TRACE_ID, spanId: "" });
});

test("a body that is not text is JSON", () => {
  expect(read({ body: { kvlistValue: { values: toAttributes({ a: ["b", 1n, true] }) } } })?.body).toBe(
    '{"a":["b",1,true]}',
  );
  expect(read({ body: { boolValue: false } })?.body).toBe("false");
  expect(read({})?.body).toBe("");
});
