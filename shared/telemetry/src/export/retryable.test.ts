/** What of an answer is read, and that no answer of a receiver breaks the reading. */
import { describe, expect, test } from "bun:test";
import { Metadata, status } from "@grpc/grpc-js";
import fc from "fast-check";
import { askedDelayMs, isRetryable } from "./retryable.ts";

function failure(code: number, details?: Uint8Array) {
  const metadata = new Metadata();
  if (details !== undefined) metadata.set("grpc-status-details-bin", Buffer.from(details));
  return { status: "failure", error: Object.assign(new Error("no"), { code, details: "no", metadata }) } as const;
}

const TYPE = [..."type.googleapis.com/google.rpc.RetryInfo"].map((character) => character.charCodeAt(0));

/** `google.rpc.Status` with one detail of this type and this `Duration`. */
function statusWith(type: readonly number[], duration: readonly number[]): Uint8Array {
  const field = (number: number, value: readonly number[]) => [number * 8 + 2, value.length, ...value];
  return new Uint8Array([0x08, 14, ...field(3, [...field(1, type), ...field(2, field(1, duration))])]);
}

describe("RetryInfo", () => {
  test.each([
    ["seconds", [0x08, 0x80, 0x01], 128_000],
    ["nanoseconds", [0x10, 0x80, 0xca, 0xb5, 0xee, 0x01], 500],
    ["no time", [], 0],
    [
      "unknown fields of each type",
      [0x18, 1, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0x2d, 0, 0, 0, 0, 0x32, 1, 7, 0x08, 2],
      2000,
    ],
    ["a varint without an end", [0x08, 0x80], 0],
    ["a group", [0x0b], 0],
    ["a negative number", [0x08, ...Array.from({ length: 9 }, () => 0xff), 0x01], 0],
  ])("%s", (_, duration, ms) => {
    expect(askedDelayMs(failure(status.UNAVAILABLE, statusWith(TYPE, duration)))).toBe(ms);
  });

  test("another detail is not a delay", () => {
    const other = TYPE.with(-1, 0x78);
    expect(askedDelayMs(failure(status.UNAVAILABLE, statusWith(other, [0x08, 2])))).toBe(0);
  });

  test("whatever bytes come, there is a delay of 0 or more", () => {
    const mangled = fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.nat(40))
      .map(([bytes, at]) => Buffer.from(statusWith(TYPE, [0x08, 2])).fill(bytes, at, at + bytes.length));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), mangled), (bytes) => {
        expect(askedDelayMs(failure(status.UNAVAILABLE, bytes))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test("RESOURCE_EXHAUSTED is retryable only where the receiver says when", () => {
  expect(isRetryable(failure(status.RESOURCE_EXHAUSTED))).toBe(false);
  expect(isRetryable(failure(status.RESOURCE_EXHAUSTED, statusWith(TYPE, [0x08, 1])))).toBe(true);
  expect(isRetryable(failure(status.INVALID_ARGUMENT, statusWith(TYPE, [0x08, 1])))).toBe(false);
});

test("an error that is not of gRPC is not retryable", () => {
  expect(isRetryable({ status: "failure", error: Object.assign(new Error("no"), { code: 14 }) })).toBe(false);
  expect(isRetryable({ status: "failure", error: undefined })).toBe(false);
});
