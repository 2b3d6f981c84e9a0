import { expect, test } from "bun:test";
import { createAcceptedSpans } from "./spans.ts";

const field = (number: number, bytes: readonly number[]): number[] => [number * 8 + 2, bytes.length, ...bytes];

function time(number: number, ms: number): number[] {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, BigInt(ms) * 1_000_000n, true);
  return [number * 8 + 1, ...new Uint8Array(bytes.buffer)];
}

/** A request with a span for each time at which one ended. */
function requestOf(...endsMs: readonly number[]): Uint8Array {
  const spans = endsMs.flatMap((ms, index) =>
    field(2, [...field(1, Array(16).fill(1)), ...field(2, Array(8).fill(index)), ...time(7, ms - 1), ...time(8, ms)]),
  );
  return Uint8Array.from(field(1, field(2, spans)));
}

test("only a span that ended since the change says that it works again", () => {
  const spans = createAcceptedSpans();
  const before = Date.now() - 1000;
  spans.startAnew();
  spans.read(new Uint8Array())(0);
  spans.read(requestOf(before))(0);
  expect(spans.firstAcceptedAt).toBeUndefined();
  spans.read(requestOf(before, Date.now() + 1000))(0);
  expect(spans.firstAcceptedAt).toBeNumber();
});

test("no more is rejected than there is", () => {
  const spans = createAcceptedSpans();
  const read = spans.read(requestOf(1, 2));
  expect(read(3)).toBe(2);
  expect(spans.counts()).toEqual({ unnamed: 0 });
  expect(read(1)).toBe(1);
  expect(spans.counts()).toEqual({ unnamed: 1 });
});
