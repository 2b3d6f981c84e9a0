import { describe, expect, test } from "bun:test";
import { REDACTED_QUERY_KEYS, readUrl, redactQuery, redactUrl } from "./url.ts";

describe("readUrl", () => {
  test.each([
    ["http://a.example/x", { scheme: "http", address: "a.example", port: 80, path: "/x", query: undefined }],
    ["https://a.example/", { scheme: "https", address: "a.example", port: 443, path: "/", query: undefined }],
    ["http://a.example:8080/x/y?z=1", { scheme: "http", address: "a.example", port: 8080, path: "/x/y", query: "z=1" }],
    ["http://[::1]:3000/x?", { scheme: "http", address: "::1", port: 3000, path: "/x", query: "" }],
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

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`url.full`, `url.query`) */
describe("redaction", () => {
  test.each([...REDACTED_QUERY_KEYS])("the value of %s goes, the key stays", (key) => {
    expect(redactQuery(`a=1&${key}=secret&b=2`)).toBe(`a=1&${key}=REDACTED&b=2`);
  });

  test("keys match by case, and as a whole", () => {
    expect(redactQuery("SIG=1&sigma=2&xsig=3")).toBe("SIG=1&sigma=2&xsig=3");
  });

  test("a query without such a key stays as it is, to the byte", () => {
    expect(redactQuery("a=%7e&&b")).toBe("a=%7e&&b");
  });

  test("credentials are replaced", () => {
    expect(redactUrl(new URL("https://me:secret@h/x?sig=abc"))).toBe("https://REDACTED:REDACTED@h/x?sig=REDACTED");
    expect(redactUrl(new URL("https://me@h/x"))).toBe("https://REDACTED:REDACTED@h/x");
  });
});
