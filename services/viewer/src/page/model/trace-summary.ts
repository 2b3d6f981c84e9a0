/** One line of the list of traces. */
import { hasFailed, type JaegerTrace, parentOf, serviceOf } from "./jaeger.ts";
import { timeWindow } from "./layout.ts";

export interface TraceSummary {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Microseconds, from the first start to the last end. */
  readonly duration: number;
  readonly spans: number;
  readonly errors: number;
  /** Each service with its number of spans, in the order in which they took part. */
  readonly services: ReadonlyMap<string, number>;
}

/** Named after the span that has no parent; where that one is missing, after the earliest that there is. */
export function summarise(trace: JaegerTrace): TraceSummary {
  const spans = trace.spans.toSorted((a, b) => a.startTime - b.startTime);
  const first = spans.find((span) => parentOf(span) === undefined) ?? spans[0];
  const services = new Map<string, number>();
  for (const span of spans) {
    const service = serviceOf(trace, span);
    services.set(service, (services.get(service) ?? 0) + 1);
  }
  return {
    id: trace.traceID,
    service: first ? serviceOf(trace, first) : "unknown service",
    name: first?.operationName ?? "no span",
    ...timeWindow(spans.map(({ startTime, duration }) => ({ start: startTime, duration }))),
    spans: spans.length,
    errors: spans.filter(hasFailed).length,
    services,
  };
}
