/** What a trace must look like, written as data. */

export type SpanKind = "SERVER" | "CLIENT" | "INTERNAL" | "PRODUCER" | "CONSUMER";

export interface ExpectedSpan {
  /** `service.name` of the process that made it. */
  readonly service: string;
  readonly kind: SpanKind;
  readonly name: string;
  /** @default "unset" */
  readonly status?: "unset" | "ok" | "error";
  /** Those that matter here; the span may have more. A pattern is for text; `null` says that it must not be there. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | RegExp | null>>;
  /** Names of its events, all of them, in order. @default Not compared. */
  readonly events?: readonly string[];
  /** All of them, in the order in which they started. @default None. */
  readonly children?: readonly ExpectedSpan[];
}

/** What is compared of a span that was found. */
export interface FoundSpan {
  readonly service: string;
  readonly kind: SpanKind | "UNSPECIFIED";
  readonly name: string;
  readonly status: "unset" | "ok" | "error";
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly children: readonly FoundSpan[];
}
