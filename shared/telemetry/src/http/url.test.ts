import { describe, expect, test } from "bun:test";
import { readUrl, splitHost } from "./url.ts";

describe("readUrl", () => {
  test.each([
    ["http://a.example/x", { scheme: "http", address: "a.example", port: 80, path: "/x", query: undefined }],
    ["https://a.example/", { scheme: "https", address: "a.example", port: 443, path: "/", query: undefined }],
    ["http://a.example:8080/x/y?z=1", { scheme: "http", address: "a.example", port: 8080, path: "/x/y", query: "z=1" }],
    ["http://[::1]:3000/x?", { scheme: "http", address: "::1", port: 3000, path: "/x", query: "" }],
    ["http://me:s3cret@a.example/x", { scheme: "http", address: "a.example", port: 80, path: "/x", query: undefined }],
    ["http://[::1]/x", { scheme: "http", address: "::1", port: 80, path: "/x", query: undefined }],
    ["http://a.example/x#f?g", { scheme: "http", address: "a.example", port: 80, path: "/x", query: undefined }],
    ["http://a.example/x?y#f", { scheme: "http", address: "a.example", port: 80, path: "/x", query: "y" }],
    ["/x/y?z=1", { scheme: undefined, address: undefined, port: undefined, path: "/x/y", query: "z=1" }],
    ["//x://y", { scheme: undefined, address: undefined, port: undefined, path: "//x://y", query: undefined }],
  ])("%s", (url, parts) => {
    expect(readUrl(url)).toEqual(parts);
  });

  test("agrees with the platform's parser on what Bun hands to a server", () => {
    for (const url of ["http://127.0.0.1:3000/rolldice?rolls=3&player=%C3%A4", "https://h/%20/x", "http://h:1/"]) {
      const whole = new URL(url);
      const parts = readUrl(url);
      expect(parts.path).toBe(whole.pathname);
      expect(parts.query ?? "").toBe(whole.search.slice(1));
      expect(`${parts.scheme}:`).toBe(whole.protocol);
    }
  });
});

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
])("splitHost(%p)", (authority, address, port) => {
  expect(splitHost(authority)).toEqual({ address, port });
});
