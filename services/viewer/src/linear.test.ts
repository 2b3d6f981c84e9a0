/** Nothing that somebody sends or types takes longer than its length explains. */
import { describe, expect, test } from "bun:test";
import { parseTraceId, readDuration, readTags, readWhole } from "./api/params.ts";
import { readSearch as readApiSearch } from "./api/search.ts";
import { isLoopback, namesLoopback } from "./loopback.ts";
import { createAllowedOrigins, isOriginPattern } from "./otlp/allowed-origins.ts";
import { readLogsJson, readMetricsJson, readTraceJson } from "./otlp/json.ts";
import { parseExactJson } from "./otlp/json-reader.ts";
import { formatMeasured } from "./page/model/format.ts";
import { parseLogfmt } from "./page/model/logfmt.ts";
import { apiQuery, DEFAULT_SEARCH, readSearch, readTraceId, tracePath } from "./page/model/search-query.ts";

const UNITS = [
  "1",
  ".",
  "1.",
  "0",
  "a",
  " ",
  '"',
  "\\",
  "-",
  ":",
  "=",
  "/",
  "1s",
  "s1",
  "a=",
  'a="',
  "[",
  "{",
  "e+",
  "*",
];
const LENGTH = 200_000;
/** A pattern that tries each place again needs some 10 s for this length. */
const MAX_MS = 500;

const origins = createAllowedOrigins(["http://localhost:*", "https://*.example:*"]);
const header = (name: string, value: string) => new Request("http://localhost", { headers: { [name]: value } });
const one = (name: string, value: string) => new URLSearchParams({ [name]: value });
const attribute = (key: string) => ({ key, value: { stringValue: key } });

const READERS: readonly (readonly [name: string, read: (text: string) => unknown])[] = [
  ["a duration", (text) => readDuration(one("d", text), "d")],
  ["a whole number", (text) => readWhole(one("d", text), "d", 0)],
  ["a trace id", (text) => parseTraceId(text, "id")],
  ["a tag", (text) => readTags(one("tag", text))],
  ["tags as JSON", (text) => readTags(one("tags", text))],
  ["a search", (text) => readApiSearch(new URLSearchParams({ service: text, start: text, lookback: text }), 0)],
  ["a host", (text) => [isLoopback(text), namesLoopback(text.trim())]],
  ["an origin", (text) => [isOriginPattern(text), origins.headersFor(header("origin", text.trim()))]],
  ["headers that a page asks for", (text) => origins.headersFor(header("access-control-request-headers", text.trim()))],
  ["JSON", (text) => parseExactJson(text)],
  ["a span", (text) => readTraceJson(spanOf(text))],
  [
    "a log",
    (text) => readLogsJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { doubleValue: text } }] }] }] }),
  ],
  ["a metric", (text) => readMetricsJson(metricOf(text))],
  ["logfmt", (text) => parseLogfmt(text)],
  [
    "the search in an address",
    (text) => readSearch(new URLSearchParams({ lookback: text, minDuration: text, limit: text })),
  ],
  ["the search form", (text) => apiQuery({ ...DEFAULT_SEARCH, minDuration: text })],
  ["a pasted id", (text) => [readTraceId(text), tracePath(text, text)]],
  ["a unit", (text) => formatMeasured(1, text)],
];

function spanOf(text: string) {
  const span = { traceId: text, name: text, startTimeUnixNano: text, attributes: [attribute(text)] };
  return { resourceSpans: [{ resource: { attributes: [attribute(text)] }, scopeSpans: [{ spans: [span] }] }] };
}

function metricOf(text: string) {
  return {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: text, gauge: { dataPoints: [{ asDouble: text }] } }] }] }],
  };
}

describe("grows with its input and no faster", () => {
  test.each(READERS)("%s", (_name, read) => {
    for (const unit of UNITS) {
      for (const text of [unit.repeat(LENGTH / unit.length), `${unit.repeat(LENGTH / unit.length)}!`]) {
        const begun = performance.now();
        try {
          read(text);
        } catch {
          // Refused, which is fine.
        }
        expect([unit, performance.now() - begun < MAX_MS]).toEqual([unit, true]);
      }
    }
  });
});

test("an integer of millions of digits in JSON is read at once", () => {
  const begun = performance.now();
  parseExactJson(`[${"7".repeat(8_000_000)}]`);
  expect(performance.now() - begun).toBeLessThan(MAX_MS);
});
