/** All that is known of one span, as `/api/viewer/traces/{id}/spans/{spanId}` gives it. */

export interface SpanDetails {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** As OTLP has them. */
  readonly flags: number;
  /** What the sender left out because of its limits. */
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number };
  readonly attributes: readonly DetailValue[];
  readonly events: readonly DetailEvent[];
  readonly links: readonly DetailLink[];
  /** Spans that link to this one. */
  readonly linkedFrom: readonly Backlink[];
  readonly resource: readonly DetailValue[];
  readonly scope: {
    readonly name: string;
    readonly version: string;
    readonly attributes: readonly DetailValue[];
  };
}

export interface DetailValue {
  readonly key: string;
  /** The beginning of it, where `length` is more. */
  readonly text: string;
  /** Characters of the whole text. */
  readonly length: number;
}

export interface DetailEvent {
  readonly name: string;
  /** Microseconds since 1970. */
  readonly timeMicros: number;
  readonly attributes: readonly DetailValue[];
  readonly droppedAttributes: number;
}

export interface DetailLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly DetailValue[];
  readonly droppedAttributes: number;
}

export interface Backlink {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly name: string;
}
