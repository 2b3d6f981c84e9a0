/** Names what broke a trace, from its spans and its wire alone. */
import type { Finding } from "./finding.ts";
import type { Trace } from "./trace.ts";

/** What is wrong with these traces of the same time. Empty where nothing is. */
export function diagnose(_traces: readonly Trace[]): readonly Finding[] {
  return [];
}
