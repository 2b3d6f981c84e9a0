import { describe, expect, test } from "bun:test";
import {
  apiQuery,
  DEFAULT_SEARCH,
  readRefusal,
  readSearch,
  readTraceId,
  tracePath,
  writeSearch,
} from "./search-query.ts";

describe("the address", () => {
  test("is empty for the default search", () => expect(writeSearch(DEFAULT_SEARCH)).toBe(""));

  test("gives back the state that was written", () => {
    const state = {
      service: "front & back",
      operation: "GET /rolldice",
      tags: 'error=true note="a b"',
      minDuration: "1.5ms",
      maxDuration: "2s",
      lookback: "custom",
      start: "1700000000000000",
      end: "1700000001000000",
      limit: "5",
      sort: "longest",
      traceIds: "",
    };
    expect(readSearch(new URLSearchParams(writeSearch(state)))).toEqual(state);
  });

  test("of Jaeger's own page is understood", () => {
    const link =
      "end=1700000001000000&limit=20&lookback=1h&maxDuration&minDuration=5ms&operation=all&service=front&start=1700000000000000&tags=%7B%22error%22%3A%22true%22%2C%22note%22%3A%22a%20b%22%7D&tag=k:v:w";
    const state = readSearch(new URLSearchParams(link));
    expect(state).toEqual({
      ...DEFAULT_SEARCH,
      service: "front",
      minDuration: "5ms",
      lookback: "custom",
      start: "1700000000000000",
      end: "1700000001000000",
      tags: 'error=true note="a b" k=v:w',
    });
    const query = apiQuery(state);
    const params = new URLSearchParams(query.ok ? query.query : "");
    expect(Object.fromEntries(params)).toEqual({
      service: "front",
      minDuration: "5ms",
      start: "1700000000000000",
      end: "1700000001000000",
      limit: "20",
      sort: "newest",
      tags: JSON.stringify({ error: "true", note: "a b", k: "v:w" }),
    });
  });

  test("may name traces, and then nothing else counts", () => {
    const state = readSearch(new URLSearchParams("traceID=1&traceID=2&service=-&lookback=2d"));
    expect(state).toMatchObject({ service: "", lookback: "2d", traceIds: "1 2" });
    expect(apiQuery(state)).toEqual({ ok: true, query: "traceID=1&traceID=2" });
  });

  test.each([
    ["limit=-3", "limit"],
    ["limit=many", "limit"],
    ["limit=0", "limit"],
    ["limit=1501", "limit"],
    ["lookback=yesterday", "lookback"],
    ["start=now", "start"],
    ["end=-1", "end"],
    ["tags={", undefined],
    ['tags="', "tags"],
    ["minDuration=fast", "minDuration"],
    ["maxDuration=10", "maxDuration"],
  ] as const)("with nonsense in it is not searched, and the field is named: %p", (query, field) => {
    const found = apiQuery(readSearch(new URLSearchParams(query)));
    expect(found.ok ? undefined : found.field).toBe(field);
  });
});

describe("apiQuery", () => {
  test("leaves out what is empty", () => {
    expect(apiQuery(DEFAULT_SEARCH)).toEqual({ ok: true, query: "limit=20&sort=newest&lookback=1h" });
  });
  test("sends the tags as JSON, as the query API reads them", () => {
    const query = apiQuery({ ...DEFAULT_SEARCH, tags: "http.response.status_code=500 error" });
    const params = new URLSearchParams(query.ok ? query.query : "");
    expect(JSON.parse(params.get("tags") ?? "")).toEqual({ "http.response.status_code": "500", error: "true" });
  });
});

describe("what the query API refuses", () => {
  test.each([
    ["parameter 'limit' must be a whole number of at least 1", "limit", "It must be a whole number of at least 1."],
    [
      "parameter 'maxDuration' must be no less than 'minDuration'",
      "maxDuration",
      "It must be no less than the shortest duration.",
    ],
    ["parameter 'constructor' must be", undefined, "parameter 'constructor' must be"],
    ["the viewer failed", undefined, "the viewer failed"],
  ])("%s", (message, field, problem) => {
    expect(readRefusal(message)).toEqual({ ...(field && { field: field as "limit" }), problem });
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
