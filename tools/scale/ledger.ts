/** The spans that a collector accepted, as the services were told. */
import type { SentSpan } from "./otlp-spans.ts";

export interface AcceptedTrace {
  readonly spanIds: ReadonlySet<string>;
  /** Whether a span of it has the status ERROR: tail sampling must keep it. */
  readonly failed: boolean;
  /** When the first of its spans was accepted, as `performance.now()`. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Ledger {
  accept(spans: readonly SentSpan[]): void;
  trace(traceId: string): AcceptedTrace | undefined;
  readonly spans: number;
}

export function createLedger(): Ledger {
  const traces = new Map<string, { spanIds: Set<string>; failed: boolean; firstMs: number; lastMs: number }>();
  let count = 0;
  return {
    accept(spans) {
      const now = performance.now();
      for (const { traceId, spanId, failed } of spans) {
        const trace = traces.get(traceId) ?? { spanIds: new Set(), failed: false, firstMs: now, lastMs: now };
        if (!trace.spanIds.has(spanId)) count += 1;
        trace.spanIds.add(spanId);
        trace.failed ||= failed;
        trace.lastMs = now;
        traces.set(traceId, trace);
      }
    },
    trace: (traceId) => traces.get(traceId),
    get spans() {
      return count;
    },
  };
}
