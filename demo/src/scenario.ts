/** What is sent, and what must come of it. */
import type { ExpectedSpan } from "@baton/trace-tree";
import type { Request } from "./request.ts";

export interface ExpectedLog {
  readonly service: string;
  /** As OpenTelemetry spells it: `ERROR`. */
  readonly severity: string;
  readonly body: string;
  /** The name of the span that it was written in. */
  readonly span: string;
}

/** One row of the table: what is sent, and the answer, the tree and the logs that must come of it. */
export interface Scenario {
  /** `plain-roll`: for tests and links. */
  readonly id: string;
  readonly title: string;
  /** What to look at in the trace. */
  readonly shows: string;
  readonly request: Request;
  /**
   * The demo is the first service of the trace: it sends a `traceparent` and reports a span of its own.
   * @default The trace begins at front.
   */
  readonly caller?: { readonly spanName: string; readonly headers?: Readonly<Record<string, string>> };
  /** The request is sent while back is away; afterwards it is there again. @default false */
  readonly backAway?: boolean;
  /** The HTTP status that must be answered; 101 for a socket. */
  readonly status: number;
  readonly tree: ExpectedSpan;
  /** Log records that must belong to the trace. @default None. */
  readonly logs?: readonly ExpectedLog[];
}
