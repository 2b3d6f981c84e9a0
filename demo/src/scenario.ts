/** One row of the table: what is sent, and the answer and the tree that must come of it. */
import type { ExpectedSpan } from "./expected-tree.ts";
import type { Request } from "./request.ts";

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
}
