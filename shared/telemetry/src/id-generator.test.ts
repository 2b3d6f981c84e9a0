import { afterEach, expect, spyOn, test } from "bun:test";
import { isSpanContextValid } from "@opentelemetry/api";
import { createIdGenerator } from "./id-generator.ts";

afterEach(() => {
  spyOn(crypto, "getRandomValues").mockRestore();
});

test("ids are valid and never come twice, also beyond one pool of digits", () => {
  const { generateTraceId, generateSpanId } = createIdGenerator();
  const seen = new Set<string>();
  for (let i = 0; i < 5000; i++) {
    const [traceId, spanId] = [generateTraceId(), generateSpanId()];
    expect(isSpanContextValid({ traceId, spanId, traceFlags: 1 })).toBe(true);
    expect(traceId + spanId).toMatch(/^[0-9a-f]{48}$/);
    seen.add(traceId).add(spanId);
  }
  expect(seen.size).toBe(10_000);
});

test("every digit of an id is random", () => {
  const { generateTraceId } = createIdGenerator();
  const digits = Array.from({ length: 32 }, () => new Set<string>());
  for (let i = 0; i < 1000; i++) for (const [at, digit] of [...generateTraceId()].entries()) digits[at]?.add(digit);
  expect(digits.map(({ size }) => size)).toEqual(Array.from({ length: 32 }, () => 16));
});

test("an id of zeros, which is not valid, is drawn again", () => {
  spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    if (array instanceof Uint8Array) array.fill(7).fill(0, 0, 64);
    return array;
  });
  const { generateTraceId, generateSpanId } = createIdGenerator();
  expect([generateTraceId(), generateSpanId()]).toEqual(["07".repeat(16), "07".repeat(8)]);
});
