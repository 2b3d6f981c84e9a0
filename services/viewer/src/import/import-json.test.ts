import { describe, expect, test } from "bun:test";
import { createApi } from "../api.ts";
import { createStore } from "../store.ts";
import { TRACE_ID, traceRequest } from "../testing/otlp.ts";
import { SENT, SHORT_TRACE_ID } from "../testing/parity-cases.ts";
import { importJson } from "./import-json.ts";

async function answer(store: ReturnType<typeof createStore>, path: string): Promise<string> {
  return createApi(store)(new URL(path, "http://localhost")).text();
}

function storeOf(...texts: readonly string[]) {
  const store = createStore();
  for (const text of texts) importJson(store, text);
  return store;
}

const SENT_JSON = JSON.stringify(traceRequest(...SENT));
const original = storeOf(SENT_JSON);

const IDS = [TRACE_ID, SHORT_TRACE_ID];

describe("a trace that was saved comes back", () => {
  test.each(IDS)("from Jaeger's first API, but for the attributes of links: %s", async (id) => {
    const copy = storeOf(await answer(original, "/api/traces"));
    const [theirs, ours] = await Promise.all([original, copy].map((store) => answer(store, `/api/traces/${id}`)));
    const isPlain = (key: string, value: unknown) => (key === "references" ? undefined : value);
    expect(JSON.parse(ours ?? "", isPlain)).toEqual(JSON.parse(theirs ?? "", isPlain));
  });

  test.each(IDS)("from Jaeger's third API, whole: %s", async (id) => {
    const saved = await answer(original, `/api/v3/traces/${id}`);
    expect(await answer(storeOf(saved), `/api/v3/traces/${id}`)).toEqual(saved);
  });

  test("from lines of OTLP, logs and metrics among them", () => {
    const log = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "a" } }] }] }] };
    const metric = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge: { dataPoints: [{}] } }] }] }] };
    const store = storeOf([SENT_JSON, "", JSON.stringify(log), JSON.stringify(metric)].join("\n"));
    expect(store.stats()).toMatchObject({ spans: original.stats().spans, logs: 1, series: 1 });
  });
});

test.each([
  ["hello", "JSON"],
  ["{}", "neither OTLP as JSON nor Jaeger's JSON"],
  ['{"data":[{"spans":[]}]}', "neither OTLP"],
  ['{"resourceSpans":7}', "resourceSpans must be a list"],
  [`${SENT_JSON}\nhello`, "line 2: "],
  ['{"data":[{"traceID":"1","spans":[{"traceID":"zz","spanID":"1"}],"processes":{}}]}', "must be a trace id"],
  ['{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}', "1 span not stored"],
])("what is none of these is refused with its reason: %#", (text, message) => {
  expect(() => storeOf(text)).toThrow(message);
});
