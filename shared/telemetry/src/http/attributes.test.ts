import { describe, expect, test } from "bun:test";
import { readForwarded } from "./attributes.ts";

describe("readForwarded", () => {
  test.each([
    [{ forwarded: 'for=192.0.2.60;proto=https;host="a.example:8443"' }, "https", "a.example:8443", "192.0.2.60"],
    [{ forwarded: 'for="[2001:db8::1]:4711", for=10.0.0.1' }, undefined, undefined, "2001:db8::1"],
    [{ forwarded: "For=192.0.2.60:80 ; Proto=HTTP" }, "http", undefined, "192.0.2.60"],
    [{ "x-forwarded-for": "203.0.113.7, 10.0.0.1", "x-forwarded-proto": "https" }, "https", undefined, "203.0.113.7"],
    [{ "x-forwarded-host": "a.example" }, undefined, "a.example", undefined],
    [{ forwarded: "host=b", "x-forwarded-host": "a" }, undefined, "b", undefined],
    [{}, undefined, undefined, undefined],
    [{ forwarded: ";;=;x" }, undefined, undefined, undefined],
  ] as const)("%o", (headers, scheme, host, client) => {
    expect(readForwarded(new Headers(headers))).toEqual({ scheme, host, client });
  });
});
