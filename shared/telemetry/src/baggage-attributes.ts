/** Baggage keys on an allow-list become attributes of spans and log records. */
import { type Context, propagation } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { redactSecrets } from "./redact.ts";

/** Longer values are cut: callers choose them, and every span of a trace would have them. */
const MAX_VALUE_LENGTH = 256;

/** Calls `take` with each allowed entry of the baggage in this context. */
export function forEachAllowed(
  context: Context,
  keys: readonly string[],
  take: (key: string, value: string) => void,
): void {
  const baggage = keys.length > 0 ? propagation.getBaggage(context) : undefined;
  if (baggage === undefined) return;
  for (const key of keys) {
    const entry = baggage.getEntry(key);
    if (entry !== undefined) take(key, redactSecrets(entry.value).slice(0, MAX_VALUE_LENGTH));
  }
}

export function baggageSpanProcessor(keys: readonly string[]): SpanProcessor {
  return {
    onStart: (span, parent) => forEachAllowed(parent, keys, (key, value) => span.setAttribute(key, value)),
    onEnd: () => {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

export function baggageLogProcessor(keys: readonly string[]): LogRecordProcessor {
  return {
    onEmit: (record, context) => {
      if (context) forEachAllowed(context, keys, (key, value) => record.setAttribute(key, value));
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
