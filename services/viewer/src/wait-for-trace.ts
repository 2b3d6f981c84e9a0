/** Waits for what spans make true, without asking again and again. */

import type { JaegerTrace } from "@baton/trace-tree";
import { toJaegerTrace } from "./api/jaeger-json.ts";
import { parseTraceId } from "./api/params.ts";
import type { Store } from "./store.ts";

export interface WaitForTraceOptions {
  readonly store: Store;
  readonly id: string;
  readonly until: (trace: JaegerTrace) => boolean;
  readonly timeoutMs: number;
  /** Ends the wait, with its reason. */
  readonly signal: AbortSignal;
}

/** @throws Error when the time is up or the signal fires, with the spans that were there */
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
  const timer = setTimeout(() => giveUp(`Trace ${id} was not as wanted after ${timeoutMs} ms:`), timeoutMs);
  const onAbort = () => giveUp(`The viewer stopped while somebody waited for trace ${id}:`);
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

/** As the query API answers it. @throws ParamError when it is no trace id */
export function findTrace(store: Store, id: string): JaegerTrace | undefined {
  const traceId = parseTraceId(id, "traceID");
  const trace = store.trace(traceId);
  return trace && trace.spans.length > 0 ? toJaegerTrace(trace) : undefined;
}

function describe(trace: JaegerTrace | undefined): string {
  if (!trace) return "no span of it has arrived.";
  const names = trace.spans.map((span) => `${trace.processes[span.processID]?.serviceName}: ${span.operationName}`);
  return `it has ${names.length} spans (${names.join(", ")}).`;
}
