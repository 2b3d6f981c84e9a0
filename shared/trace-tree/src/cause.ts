/** What the diagnosis says. */
import type { Span } from "./trace.ts";

/** What can break a trace. Those that end in `-unknown` are said where spans and wire cannot tell causes apart. */
export type Cause =
  | "not-injected"
  | "not-extracted"
  | "header-dropped"
  | "context-lost"
  | "stale-context"
  | "wrong-parent"
  | "silent-intermediary"
  | "trace-id-altered"
  | "sampled-flag-lost"
  | "sampler-ignores-parent"
  | "format-mismatch"
  | "malformed-header"
  | "double-instrumentation"
  | "span-never-ended"
  | "export-failed"
  | "clock-skew"
  | "random-flag-lost"
  | "tracestate-dropped"
  | "tracestate-altered"
  | "baggage-dropped"
  | "baggage-altered"
  | "baggage-leak"
  | "new-trace-unknown"
  | "missing-callee-unknown"
  | "missing-parent-unknown";

export interface Diagnosis {
  readonly cause: Cause;
  /**
   * `certain`: spans and wire leave no other cause. `likely`: the first of `likelyCauses` explains everything, and
   * others could. `open`: they cannot tell the causes apart; `next` says what would.
   */
  readonly grade: "certain" | "likely" | "open";
  /** The spans to look at, the one at fault first. */
  readonly spans: readonly Span[];
  /** What one sees, in a sentence. */
  readonly symptom: string;
  /** Why it is this cause: a sentence for each thing that was seen. */
  readonly evidence: readonly string[];
  /** All that explain it, the most likely first; the first is `cause` unless that ends in `-unknown`. */
  readonly likelyCauses: readonly Cause[];
  /** What to do about it. */
  readonly mend: string;
  /** What would make it certain. Empty where it is. */
  readonly next: string;
}
