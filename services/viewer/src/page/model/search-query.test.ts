import { describe, expect, test } from "bun:test";
import { apiQuery, DEFAULT_SEARCH, readSearch, readTraceId, tracePath, writeSearch } from "./search-query.ts";

describe("the address", () => {
  test("is empty for the default search", () => expect(writeSearch(DEFAULT_SEARCH)).toBe(""));

  test("gives back the state that was written", () => {
    const state = {
      service: "front & back",
      operation: "GET /rolldice",
      tags: 'error=true note="a b"',
      minDuration: "1.5ms",
      maxDuration: "2s",
      lookback: "6h",
      limit: 5,
    };
    expect(readSearch(new URLSearchParams(writeSearch(state)))).toEqual(state);
  });

  test.each([
    ["limit=-3", DEFAULT_SEARCH],
    ["limit=many", DEFAULT_SEARCH],
    ["limit=1e9", { ...DEFAULT_SEARCH, limit: 1_000 }],
    ["lookback=yesterday", DEFAULT_SEARCH],
    ["service=%20", DEFAULT_SEARCH],
  ])("with an invalid value has the default there: %p", (query, state) => {
    expect(readSearch(new URLSearchParams(query))).toEqual(state);
  });
});

describe("apiQuery", () => {
  test("leaves out what is empty", () => {
    expect(apiQuery(DEFAULT_SEARCH)).toEqual({ ok: true, query: "lookback=1h&limit=20" });
  });
  test("sends the tags as JSON, as the query API reads them", () => {
    const query = apiQuery({ ...DEFAULT_SEARCH, tags: "http.response.status_code=500 error" });
    const params = new URLSearchParams(query.ok ? query.query : "");
    expect(JSON.parse(params.get("tags") ?? "")).toEqual({ "http.response.status_code": "500", error: "true" });
  });
  test.each([
    ["tags", '"'],
    ["minDuration", "fast"],
    ["maxDuration", "10"],
  ] as const)("names the field that it cannot read: %p", (field, value) => {
    expect(apiQuery({ ...DEFAULT_SEARCH, [field]: value })).toMatchObject({ ok: false, field });
  });
});

describe("readTraceId", () => {
  const id = "4bf92f3577b34da6a3ce929d0e0e4736";
  test.each([
    [id, id],
    [` ${id.toUpperCase()}\n`, id],
    [`00-${id}-00f067aa0ba902b7-01`, id],
    ["a3ce929d0e0e4736", "a3ce929d0e0e4736"],
    ["00000000000000000000000000000000", undefined],
    ["../api/services", undefined],
    ["", undefined],
  ])("%p", (pasted, read) => expect(readTraceId(pasted)).toBe(read));
});

describe("tracePath", () => {
  const id = "4bf92f3577b34da6a3ce929d0e0e4736";
  test.each([
    [id, "00f067aa0ba902b7", `/trace/${id}#span=00f067aa0ba902b7`],
    [id, "", `/trace/${id}`],
    [id, "<b>", `/trace/${id}`],
    ["/example.com", "00f067aa0ba902b7", undefined],
  ])("of trace %p and span %p", (traceId, spanId, path) => expect(tracePath(traceId, spanId)).toBe(path));
});
