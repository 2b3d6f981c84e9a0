import { describe, expect, test } from "bun:test";
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatMeasured,
  formatMoment,
  formatNumber,
  isoMoment,
} from "./format.ts";

describe("formatDuration", () => {
  test.each([
    [0, "0 µs"],
    [0.5, "0.5 µs"],
    [999, "999 µs"],
    [1_000, "1 ms"],
    [14_213, "14.2 ms"],
    [999_400, "999 ms"],
    [999_960, "1 s"],
    [1_500_000, "1.5 s"],
    [59_990_000, "1 min"],
    [60_000_000, "1 min"],
    [63_000_000, "1 min 3 s"],
    [3_720_000_000, "1 h 2 min"],
    [-2_500, "-2.5 ms"],
    [-63_000_000, "-1 min 3 s"],
  ])("%p µs is written %p", (micros, text) => expect(formatDuration(micros)).toBe(text));
});

describe("formatAgo", () => {
  test.each([
    [-9, "just now"],
    [4, "just now"],
    [59, "59 s ago"],
    [60, "1 min ago"],
    [7_200, "2 h ago"],
    [172_800, "2 d ago"],
  ])("%p seconds back is %p", (seconds, text) => expect(formatAgo(1e15, 1e15 + seconds * 1e6)).toBe(text));
});

describe("moments", () => {
  test("carry the milliseconds", () => expect(formatMoment(1_795_410_525_377_000)).toEndWith(".377"));
  test("that no calendar has are said to be unknown", () => {
    expect(formatMoment(Number.MAX_VALUE)).toBe("unknown time");
    expect(isoMoment(Number.NaN)).toBeUndefined();
  });
});

describe("counts and sizes", () => {
  test("one is singular, thousands are grouped", () => {
    expect(formatCount(1, "span")).toBe("1 span");
    expect(formatCount(0, "span")).toBe("0 spans");
    expect(formatCount(12_345, "entry", "entries")).toBe("12\u202f345 entries");
  });
  test("numbers keep three digits after the point, and tiny ones three that count", () => {
    expect(formatNumber(1234.5678)).toBe("1\u202f234.568");
    expect(formatNumber(0.00012345)).toBe("0.000123");
    expect(formatNumber(Number.POSITIVE_INFINITY)).toBe("Infinity");
  });
  test("bytes are binary", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(1536)).toBe("1.5 KiB");
    expect(formatBytes(64 * 1024 ** 2)).toBe("64 MiB");
  });
});

describe("formatMeasured", () => {
  test.each([
    [0.0142, "s", "14.2 ms"],
    [3, "ms", "3 ms"],
    [2048, "By", "2 KiB"],
    [7, "{request}", "7"],
    [7, "1", "7"],
    [7, "", "7"],
    [0.5, "Cel", "0.5 Cel"],
  ])("%p of unit %p is %p", (value, unit, text) => expect(formatMeasured(value, unit)).toBe(text));
});
