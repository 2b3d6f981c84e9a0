import { describe, expect, test } from "bun:test";
import { parseLogfmt, writeLogfmt } from "./logfmt.ts";

describe("parseLogfmt reads", () => {
  const cases: [string, Record<string, string>][] = [
    ["", {}],
    ["   ", {}],
    ["error=true", { error: "true" }],
    ["error", { error: "true" }],
    ["http.response.status_code=500  error", { "http.response.status_code": "500", error: "true" }],
    ['note="two words" a=b', { note: "two words", a: "b" }],
    ['note="say \\"hi\\" \\\\ "', { note: 'say "hi" \\ ' }],
    ["empty=", { empty: "" }],
    ["url=/a?b=c&d=e", { url: "/a?b=c&d=e" }],
    ["a=1 a=2", { a: "2" }],
  ];
  test.each(cases)("%p", (text, tags) => {
    const read = parseLogfmt(text);
    expect(read).toEqual({ ok: true, tags: Object.assign(Object.create(null), tags) });
  });

  test("a key named __proto__ as a key", () => {
    const read = parseLogfmt("__proto__=x");
    expect(read.ok && JSON.stringify(read.tags)).toBe('{"__proto__":"x"}');
  });
});

test.each(["=b", 'a="b', 'a="b"c', 'a b"c'])("parseLogfmt names where it cannot go on: %p", (text) => {
  const read = parseLogfmt(text);
  expect(read.ok).toBeFalse();
  expect(read.ok ? "" : read.problem).toContain("“");
});

test("what is written is read back", () => {
  const tags = { "http.route": "/", empty: "", spaces: "a  b", quotes: 'say "hi"', slash: "a\\b", equals: "a=b" };
  expect(parseLogfmt(writeLogfmt(Object.entries(tags)))).toEqual({ ok: true, tags });
});
