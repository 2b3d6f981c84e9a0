/** Trace and span ids. */
import type { IdGenerator } from "@opentelemetry/sdk-trace-base";

const POOL_BYTES = 2048;
const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

/**
 * Random ids, cut from a pool of digits: to draw and write out 2048 bytes at once costs less than half of what it costs
 * for each id. All their bytes are random, as the random flag of `traceparent` says.
 * @see https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
export function createIdGenerator(): IdGenerator {
  const bytes = new Uint8Array(POOL_BYTES);
  let digits = "";
  let position = 0;
  const take = (length: number): string => {
    if (position + length > digits.length) {
      digits = crypto.getRandomValues(bytes).toHex();
      position = 0;
    }
    position += length;
    return digits.slice(position - length, position);
  };
  const draw = (length: number, invalid: string): string => {
    for (;;) {
      const id = take(length);
      if (id !== invalid) return id;
    }
  };
  const [noTrace, noSpan] = ["0".repeat(TRACE_ID_DIGITS), "0".repeat(SPAN_ID_DIGITS)];
  return {
    generateTraceId: () => draw(TRACE_ID_DIGITS, noTrace),
    generateSpanId: () => draw(SPAN_ID_DIGITS, noSpan),
  };
}
