import { expect, test } from "bun:test";
import { splitHost } from "./host.ts";

test.each([
  ["a:1", "a", 1],
  ["a", "a", undefined],
  ["[::1]:1", "::1", 1],
  ["[::1]", "::1", undefined],
  ["2001:db8::1", "2001:db8::1", undefined],
  ["a:x", "a", undefined],
  ["a:123456", "a", undefined],
  ["admin:s3cret@a:1", "a", 1],
  ["admin:s3cret@[::1]:1", "::1", 1],
  ["admin:p@ss@a", "a", undefined],
])("%s", (authority, address, port) => {
  expect(splitHost(authority)).toEqual({ address, port });
});
