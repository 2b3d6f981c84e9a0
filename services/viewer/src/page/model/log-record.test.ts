import { describe, expect, test } from "bun:test";
import { asText, levelOf, microsOf } from "./log-record.ts";

describe("levelOf", () => {
  test.each([
    [0, "info"],
    [1, "trace"],
    [8, "debug"],
    [9, "info"],
    [13, "warn"],
    [17, "error"],
    [24, "fatal"],
    [99, "info"],
  ] as const)("severity %p is %p", (number, level) => expect(levelOf(number)).toBe(level));
});

test("nanoseconds become microseconds without losing digits", () => {
  expect(microsOf({ timeUnixNano: "1795410525377123999" })).toBe(1_795_410_525_377_123);
  expect(microsOf({ timeUnixNano: "soon" })).toBeNaN();
});

test("a body that is not text is shown as JSON", () => {
  expect(asText("as it is")).toBe("as it is");
  expect(asText({ a: [1] })).toBe('{"a":[1]}');
  expect(asText(undefined)).toBe("");
});
