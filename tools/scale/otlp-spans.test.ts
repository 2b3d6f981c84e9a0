import { expect, test } from "bun:test";
import { findTraceIds, readSentSpans } from "./otlp-spans.ts";

/** A field of a message: its number, and bytes or a small number. */
function field(number: number, content: readonly number[] | number): number[] {
  if (typeof content === "number") return [number * 8, content];
  const [low, high] = [content.length % 128, Math.floor(content.length / 128)];
  return [...key(number), ...(high === 0 ? [low] : [low + 128, high]), ...content];
}

function key(number: number): number[] {
  return number < 16 ? [number * 8 + 2] : [((number * 8 + 2) % 128) + 128, Math.floor((number * 8 + 2) / 128)];
}

const id = (byte: number, length: number) => Array.from({ length }, () => byte);
const time = [7 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8];
const failed = field(15, [...field(2, [110, 111]), ...field(3, 2)]);
const link = field(13, field(1, id(9, 16)));

const span = (trace: number, own: number, ...more: readonly number[][]) =>
  field(2, [...field(1, id(trace, 16)), ...field(2, id(own, 8)), ...field(5, id(97, 200)), ...time, ...more.flat()]);
const request = new Uint8Array([
  ...field(1, [...field(1, id(1, 3)), ...field(2, [...field(1, id(1, 3)), ...span(1, 2), ...span(1, 3, failed)])]),
  ...field(1, field(2, span(4, 5, link, field(15, [])))),
]);

test("finds each span of each scope of each resource, and which of them failed", () => {
  expect(readSentSpans(request)).toEqual([
    { traceId: "01".repeat(16), spanId: "02".repeat(8), failed: false },
    { traceId: "01".repeat(16), spanId: "03".repeat(8), failed: true },
    { traceId: "04".repeat(16), spanId: "05".repeat(8), failed: false },
  ]);
});

test("the trace ids can be changed in place", () => {
  const copy = request.slice();
  for (const traceId of findTraceIds(copy)) traceId.fill(255);
  expect(readSentSpans(copy).map(({ traceId }) => traceId)).toEqual(Array(3).fill("ff".repeat(16)));
  expect(findTraceIds(copy)).toHaveLength(4);
});
