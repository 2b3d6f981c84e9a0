/** What the viewer keeps: plain records, the same whichever way and in whichever encoding they came. */

export interface Attribute {
  readonly key: string;
  readonly type: "string" | "bool" | "int64" | "float64" | "binary";
  /**
   * An integer or a double that JSON's numbers cannot hold is text; bytes are base64; lists and maps are JSON text of
   * type `string`.
   */
  readonly value: string | boolean | number;
  /** Of a list or a map: the same as OTLP's JSON writes it, which says of what type each value in it is. */
  readonly otlp?: string;
}

/** Who sent it. */
export interface Resource {
  readonly service: string;
  /** Without `service.name`. */
  readonly attributes: readonly Attribute[];
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly Attribute[];
}

export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";
export type StatusCode = "unset" | "ok" | "error";

export interface SpanRecord {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** As OTLP has them: those of the trace context, and whether the parent was in another process. */
  readonly flags: number;
  readonly name: string;
  readonly kind: SpanKind;
  /** Nanoseconds since 1970, like every time here. */
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly attributes: readonly Attribute[];
  readonly events: readonly EventRecord[];
  readonly links: readonly LinkRecord[];
  readonly dropped: DroppedCounts;
  readonly status: { readonly code: StatusCode; readonly message: string };
  readonly resource: Resource;
  readonly scope: Scope;
}

/** What the sender left out because of its limits. */
export interface DroppedCounts {
  readonly attributes: number;
  readonly events: number;
  readonly links: number;
}

export interface EventRecord {
  readonly time: bigint;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
}

export interface LinkRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
}

export interface LogRecord {
  /** Its number among all logs that the store was given; 0 before that. */
  readonly id: number;
  /** Empty when no span was active. */
  readonly traceId: string;
  readonly spanId: string;
  /** When it happened; if that is unknown, when it was observed. */
  readonly time: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  /** JSON when it is not text. */
  readonly body: string;
  readonly attributes: readonly Attribute[];
  readonly resource: Resource;
  readonly scope: Scope;
}

export type MetricType = "gauge" | "sum" | "histogram" | "summary";
export type Temporality = "unspecified" | "delta" | "cumulative";

/** One metric of one sender, and points of its series. */
export interface MetricRecord {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: MetricType;
  /** Of a sum: whether it only grows. */
  readonly monotonic: boolean;
  readonly temporality: Temporality;
  readonly points: readonly MetricPoint[];
}

export interface MetricPoint {
  readonly attributes: readonly Attribute[];
  /** 0 where it is not known. */
  readonly startTime: bigint;
  readonly time: bigint;
  /** Undefined where the sender says that the series has stopped. */
  readonly value: MetricValue | undefined;
  readonly exemplars: readonly ExemplarRecord[];
}

/** One value that was measured while a span was active. */
export interface ExemplarRecord {
  readonly time: bigint;
  readonly value: number | string;
  readonly traceId: string;
  readonly spanId: string;
}

export type MetricValue = NumberValue | HistogramValue | ExponentialValue | SummaryValue;

/** An integer that a double cannot hold is its digits. */
export interface NumberValue {
  readonly value: number | string;
}

export interface Distribution {
  readonly count: number | string;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export interface HistogramValue extends Distribution {
  /** Upper bounds of the buckets; the last bucket has none. */
  readonly bounds: readonly number[];
  readonly counts: readonly (number | string)[];
}

export interface ExponentialValue extends Distribution {
  readonly scale: number;
  readonly zeroCount: bigint;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

/** Bucket i counts from `base ** (offset + i)` to `base ** (offset + i + 1)`, where base is `2 ** (2 ** -scale)`. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly bigint[];
}

export interface SummaryValue {
  readonly count: number | string;
  readonly sum: number | null;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}
