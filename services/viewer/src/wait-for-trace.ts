/** Waits for a condition on a trace, without polling. */

import type { JaegerTrace } from "@baton/trace-tree";
import { toJaegerTrace } from "./api/jaeger-json.ts";
import { parseTraceId } from "./api/params.ts";
import type { Store } from "./store.ts";

export interface WaitForTraceOptions {
  readonly store: Store;
  readonly id: string;
  readonly until: (trace: JaegerTrace) => boolean;
  readonly timeoutMs: number;
  /** Ends the wait with an error. */
  readonly signal: AbortSignal;
}

/** @throws Error after the timeout or when the signal is aborted, with the spans that were there */
export function waitForTrace({ store, id, until, timeoutMs, signal }: WaitForTraceOptions): Promise<JaegerTrace> {
  const { promise, resolve, reject } = Promise.withResolvers<JaegerTrace>();
  const check = () => {
    try {
      const trace = findTrace(store, id);
      if (trace && until(trace)) resolve(trace);
    } catch (error) {
      reject(error);
    }
  };
  const traceId = parseTraceId(id, "traceID");
  const giveUp = (why: string) => reject(new Error(`${why} ${describe(findTrace(store, id))}`));
  const timer = setTimeout(() => giveUp(`Trace ${id} did not meet the condition within ${timeoutMs} ms:`), timeoutMs);
  const onAbort = () => giveUp(`The viewer stopped during the wait for trace ${id}:`);
  signal.addEventListener("abort", onAbort);
  const unsubscribe = store.onSpans((changed) => {
    if (changed === traceId) check();
  });
  if (signal.aborted) onAbort();
  check();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    unsubscribe();
  });
}

/** The trace in the JSON of the query API. @throws ParamError when the id is invalid */
export function findTrace(store: Store, id: string): JaegerTrace | undefined {
  const traceId = parseTraceId(id, "traceID");
  const trace = store.trace(traceId);
  return trace && trace.spans.length > 0 ? toJaegerTrace(trace) : undefined;
}

function describe(trace: JaegerTrace | undefined): string {
  if (!trace) return "it has no span.";
  const names = trace.spans.map((span) => `${trace.processes[span.processID]?.serviceName}: ${span.operationName}`);
  return `it has ${names.length} ${names.length === 1 ? "span" : "spans"} (${names.join(", ")}).`;
}
