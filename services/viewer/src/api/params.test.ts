import { describe, expect, test } from "bun:test";
import { parseTraceId, readDuration, readTags, readWhole } from "./params.ts";

const params = (query: string) => new URLSearchParams(query);

describe("durations", () => {
  test.each([
    ["100ns", 100],
    ["100us", 100_000],
    ["100µs", 100_000],
    ["100μs", 100_000],
    ["1.5ms", 1_500_000],
    [".5s", 500_000_000],
    ["1h30m", 5_400_000_000_000],
    ["2d", 172_800_000_000_000],
  ])("%s", (text, nanos) => {
    expect(readDuration(new URLSearchParams({ d: text }), "d")).toBe(nanos);
  });

  test.each(["5", "ms", "1x", "1 ms", "-1ms", "1.2.3ms", "1ms,", "١ms"])("%j is refused by name and rule", (text) => {
    expect(() => readDuration(new URLSearchParams({ minDuration: text }), "minDuration")).toThrow(
      "parameter 'minDuration' must be a duration such as 100us, 1.5ms, 2s or 1h30m",
    );
  });

  test("a missing and an empty parameter are the same", () => {
    expect([readDuration(params(""), "d"), readDuration(params("d="), "d")]).toEqual([undefined, undefined]);
  });
});

test("whole numbers have a minimum and are never rounded", () => {
  expect(readWhole(params("limit=20"), "limit", 1)).toBe(20);
  for (const text of ["0", "-1", "1.5", "1e3", "many", "0x10", "99999999999999999999"]) {
    expect(() => readWhole(new URLSearchParams({ limit: text }), "limit", 1)).toThrow(
      "parameter 'limit' must be a whole number of at least 1",
    );
  }
});

test("trace ids may be without leading zeros and in upper case", () => {
  expect(parseTraceId("ABC", "traceID")).toBe(`${"0".repeat(29)}abc`);
  expect(parseTraceId("0af7651916cd43dd8448eb211c80319c", "traceID")).toBe("0af7651916cd43dd8448eb211c80319c");
  for (const text of ["", "xyz", "0".repeat(32), "a".repeat(33), "../etc", " a"]) {
    expect(() => parseTraceId(text, "traceID")).toThrow(
      "must be a trace id: up to 32 hex digits that are not all zero",
    );
  }
});

test("tags are pairs or JSON, and a value may contain a colon", () => {
  const tags = readTags(params('tag=a:b:c&tag=d:&tags={"e":"f","__proto__":"x"}&tags='));
  expect([...tags]).toEqual([
    ["a", "b:c"],
    ["d", ""],
    ["e", "f"],
    ["__proto__", "x"],
  ]);
  for (const query of ["tag=a", "tag=:b"]) expect(() => readTags(params(query))).toThrow("'tag' must be key:value");
  for (const json of ["[]", "null", "{", "7", '{"a":1}']) {
    expect(() => readTags(new URLSearchParams({ tags: json }))).toThrow(
      "parameter 'tags' must be a JSON object of strings",
    );
  }
});
