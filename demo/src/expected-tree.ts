/** What a trace must look like, written as data. */
import type { SpanKind, SpanStatus, TagValue } from "@baton/viewer/tree";

export interface ExpectedSpan {
  /** `service.name` of the process that made it. */
  readonly service: string;
  readonly kind: SpanKind;
  readonly name: string;
  /** @default "unset" */
  readonly status?: SpanStatus;
  /** Those that matter here; the span may have more. A pattern is for text; `null` says that it must not be there. */
  readonly attributes?: Readonly<Record<string, TagValue | RegExp | null>>;
  /** Names of its events, all of them, in order. @default Not compared. */
  readonly events?: readonly string[];
  /** All of them, in any order. @default None. */
  readonly children?: readonly ExpectedSpan[];
}
