/** @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import { expect, test } from "bun:test";
import { START, TRACE_ID } from "../testing/otlp.ts";
import { JSON_TYPE, startOtlpHttp } from "../testing/otlp-http.ts";

async function keepOne(span: object) {
  const { store, send } = startOtlpHttp();
  const body = JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: TRACE_ID, spanId: "1111111111111111", ...span }] }] }],
  });
  // The number must have all of its digits in the JSON text.
  const response = await send(body.replaceAll(/"number:(-?[\d.e+]+)"/g, "$1"), { "content-type": JSON_TYPE });
  expect(await response.text()).toBe("{}");
  return store.trace(TRACE_ID)?.spans[0];
}

test("nanoseconds are exact, as text and as a number", async () => {
  const span = await keepOne({ startTimeUnixNano: String(START), endTimeUnixNano: `number:${START + 1n}` });
  expect(span).toMatchObject({ startTime: START, endTime: START + 1n });
});

test("ids are hex in either case", async () => {
  expect(await keepOne({ spanId: "ABCDEFABCDEFABCD" })).toMatchObject({ spanId: "abcdefabcdefabcd" });
});

test("unknown fields are ignored, and null is the same as missing", async () => {
  const span = await keepOne({ future: { x: 1 }, parentSpanId: null, attributes: null, status: null, name: "n" });
  expect(span).toMatchObject({ parentSpanId: "", attributes: [], name: "n", status: { code: "unset" } });
});

test("values of every kind", async () => {
  const values = {
    text: { stringValue: "x" },
    "int as text": { intValue: "9223372036854775807" },
    "int as number": { intValue: "number:9223372036854775807" },
    "small int": { intValue: 7 },
    double: { doubleValue: 0.5 },
    "double as text": { doubleValue: "-Infinity" },
    "not a number": { doubleValue: "NaN" },
    bytes: { bytesValue: "AAH-_w" },
    list: { arrayValue: { values: [{ intValue: 1 }, {}, { boolValue: false }] } },
    map: { kvlistValue: { values: [{ key: "k", value: { stringValue: "v" } }] } },
    none: {},
  };
  const span = await keepOne({ attributes: Object.entries(values).map(([key, value]) => ({ key, value })) });
  expect(Object.fromEntries((span?.attributes ?? []).map(({ key, type, value }) => [key, [type, value]]))).toEqual({
    text: ["string", "x"],
    "int as text": ["int64", "9223372036854775807"],
    "int as number": ["int64", "9223372036854775807"],
    "small int": ["int64", 7],
    double: ["float64", 0.5],
    "double as text": ["float64", "-Infinity"],
    "not a number": ["float64", "NaN"],
    bytes: ["binary", "AAH+/w=="],
    list: ["string", "[1,null,false]"],
    map: ["string", '{"k":"v"}'],
    none: ["string", ""],
  });
});

test("a service without a name gets the name that Jaeger gives it", async () => {
  const { store, send } = startOtlpHttp();
  const names = [undefined, { stringValue: "" }, { intValue: 1 }];
  const resourceSpans = names.map((value, index) => ({
    resource: { attributes: value ? [{ key: "service.name", value }] : [] },
    scopeSpans: [{ spans: [{ traceId: TRACE_ID, spanId: `111111111111111${index}` }] }],
  }));
  await send(JSON.stringify({ resourceSpans }), { "content-type": JSON_TYPE });
  expect(store.trace(TRACE_ID)?.spans.map(({ resource }) => resource.service)).toEqual([
    "missing-service-name",
    "empty-service-name",
    "service-name-wrong-type",
  ]);
});
