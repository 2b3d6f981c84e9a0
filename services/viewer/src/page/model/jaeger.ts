/** The shape of a trace in the query API's JSON, and one span of it as the pages show it. */

export interface JaegerTag {
  readonly key: string;
  readonly type?: string;
  readonly value: unknown;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references?: readonly JaegerReference[] | null;
  /** Microseconds since 1970. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
  readonly tags?: readonly JaegerTag[] | null;
  readonly logs?: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[] | null;
  readonly processID: string;
  readonly warnings?: readonly string[] | null;
}

export interface JaegerReference {
  readonly refType: string;
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<
    Record<string, { readonly serviceName: string; readonly tags?: readonly JaegerTag[] | null }>
  >;
}

/** The value of a span's tag; undefined where it has none of that key. */
export function tagValue(span: JaegerSpan, key: string): unknown {
  return span.tags?.find((tag) => tag.key === key)?.value;
}

export function hasFailed(span: JaegerSpan): boolean {
  return tagValue(span, "otel.status_code") === "ERROR" || tagValue(span, "error") === true;
}

export function serviceOf(trace: JaegerTrace, span: JaegerSpan): string {
  return trace.processes[span.processID]?.serviceName ?? "unknown service";
}

/** The span that this one says it was started by; a reference into another trace is a link, not a parent. */
export function parentOf(span: JaegerSpan): string | undefined {
  return span.references?.find((to) => to.refType === "CHILD_OF" && to.traceID === span.traceID)?.spanID;
}
