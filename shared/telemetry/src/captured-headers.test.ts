import { describe, expect, test } from "bun:test";
import { createHeaderCapture, createHeaderFilter, type HeaderList } from "./captured-headers.ts";
import { redactSecrets } from "./redact.ts";

describe("a list of names", () => {
  test.each<[HeaderList, string, boolean]>([
    [["x-tenant"], "x-tenant", true],
    [["X-Tenant"], "x-TENANT", true],
    [["x-tenant"], "x-tenant-id", false],
    [[], "x-tenant", false],
    [["x-req-*"], "x-req-id", true],
    [["x-req-*"], "x-req-", true],
    [["x-req-*"], "ax-req-id", false],
    [["*-id"], "x-req-id", true],
    [["x-*-id"], "x-a-b-id", true],
    [["x-?"], "x-1", true],
    [["x-?"], "x-12", false],
    [["*"], "anything", true],
    [["x.*"], "xy", false],
    [["[a-z]*"], "b", false],
    [{ include: ["x-req-*"] }, "x-req-other", true],
    [{ include: ["x-req-*"], exclude: ["X-Req-Secret"] }, "x-req-secret", false],
    [{ include: ["x-req-*"], exclude: ["*-secret*"] }, "x-req-secret-2", false],
    [{ include: ["x-req-*"], exclude: ["*-secret*"] }, "x-req-id", true],
    [{ include: ["a"], exclude: ["a"] }, "a", false],
  ])("%j and %s: %p", (patterns, name, isSelected) => {
    expect(createHeaderFilter(patterns)(name)).toBe(isSelected);
  });
});

describe("a header that holds a secret by its name", () => {
  test.each(["authorization", "Cookie", "set-cookie", "Proxy-Authorization", "x-api-key", "x-auth-token"])(
    "%s",
    (name) => {
      expect(createHeaderFilter(["*"])(name)).toBe(false);
      expect(createHeaderFilter({ include: ["*"], exclude: [] })(name)).toBe(false);
      expect(createHeaderFilter(["*", name.toUpperCase()])(name)).toBe(true);
      expect(createHeaderFilter({ include: [name], exclude: [name] })(name)).toBe(false);
    },
  );
});

test("credentials and secrets of a URL are redacted, over HTTP and in metadata alike", () => {
  const capture = createHeaderCapture(["authorization", "referer"], (key) => key, redactSecrets);
  expect(
    capture?.([
      ["authorization", ["Bearer s3cret"]],
      ["referer", ["http://ann:s3cret@a/?token=s3cret"]],
    ]),
  ).toEqual({ authorization: ["Bearer REDACTED"], referer: ["http://REDACTED:REDACTED@a/?token=REDACTED"] });
});

test("a list that selects nothing captures nothing", () => {
  expect(createHeaderCapture([], (key) => key, redactSecrets)).toBeUndefined();
  expect(createHeaderCapture({ include: [], exclude: ["a"] }, (key) => key, redactSecrets)).toBeUndefined();
});
