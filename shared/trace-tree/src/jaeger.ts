/** A trace in the JSON of Jaeger's query API, v1, as the viewer and every Jaeger answer it. */

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  /** By the `processID` of the spans. */
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings?: readonly string[] | null;
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
  readonly logs?: readonly JaegerLog[] | null;
  readonly processID: string;
  readonly warnings?: readonly string[] | null;
}

export interface JaegerReference {
  readonly refType: "CHILD_OF" | "FOLLOWS_FROM";
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerLog {
  /** Microseconds since 1970. */
  readonly timestamp: number;
  readonly fields: readonly JaegerTag[];
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags?: readonly JaegerTag[] | null;
}

export interface JaegerTag {
  readonly key: string;
  readonly type: "string" | "bool" | "int64" | "float64" | "binary";
  /** An integer that a double cannot hold is its decimal digits, bytes are base64. */
  readonly value: string | boolean | number;
}

/** The envelope of every answer of the query API. */
export interface JaegerEnvelope<Data> {
  readonly data: Data | null;
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly errors: readonly { readonly code?: number; readonly msg: string; readonly traceID?: string }[] | null;
}
