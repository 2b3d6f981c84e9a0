import { describe, expect, test } from "bun:test";
import { createHeaderFilter, createNameFilter, type NamePatterns } from "./name-patterns.ts";

describe("a list of names", () => {
  test.each<[NamePatterns, string, boolean]>([
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
    [{ include: ["x-req-*"] }, "x-req-secret", true],
    [{ include: ["x-req-*"], exclude: ["X-Req-Secret"] }, "x-req-secret", false],
    [{ include: ["x-req-*"], exclude: ["*-secret*"] }, "x-req-secret-2", false],
    [{ include: ["x-req-*"], exclude: ["*-secret*"] }, "x-req-id", true],
    [{ include: ["a"], exclude: ["a"] }, "a", false],
  ])("%j and %s: %p", (patterns, name, isSelected) => {
    expect(createNameFilter(patterns)(name)).toBe(isSelected);
  });
});

describe("a header that is a credential", () => {
  test.each(["authorization", "Cookie", "set-cookie", "Proxy-Authorization"])("%s", (name) => {
    expect(createHeaderFilter(["*"])(name)).toBe(false);
    expect(createHeaderFilter({ include: ["*"], exclude: [] })(name)).toBe(false);
    expect(createHeaderFilter(["*", name.toUpperCase()])(name)).toBe(true);
    expect(createHeaderFilter({ include: [name], exclude: [name] })(name)).toBe(false);
  });
});
