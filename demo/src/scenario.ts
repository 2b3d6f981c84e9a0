/** A scenario: a request and the expected result. */
import type { ExpectedSpan } from "@baton/trace-tree";
import type { Request } from "./request.ts";

export interface ExpectedLog {
  readonly service: string;
  /** As OpenTelemetry spells it: `ERROR`. */
  readonly severity: string;
  readonly body: string;
  /** The name of the span in which it was written. */
  readonly span: string;
}

/** One row of the table: a request, and the expected answer, tree and logs. */
export interface Scenario {
  /** `plain-roll`: for tests and links. */
  readonly id: string;
  readonly title: string;
  /** What to look at in the trace. */
  readonly shows: string;
  readonly request: Request;
  /**
   * The demo is the first service of the trace: it sends a `traceparent` and a CLIENT span of its own.
   * @default The trace begins at front.
   */
  readonly caller?: { readonly headers?: Readonly<Record<string, string>> };
  /** Back is stopped during the request and started again after it. @default false */
  readonly backAway?: boolean;
  /** The expected HTTP status; 101 for a socket. */
  readonly status: number;
  readonly tree: ExpectedSpan;
  /** Log records that must belong to the trace. @default None. */
  readonly logs?: readonly ExpectedLog[];
}
