/** Where the active span survives on this Bun, and where it does not: one case a place, each tried for real. */
import type { Span } from "@opentelemetry/api";
import { bodyCases } from "./body-cases.ts";
import { callbackCases } from "./callback-cases.ts";
import { networkCases } from "./network-cases.ts";

/** What a case finds: is the span that was active where the work began active where it goes on? */
export interface SurvivalCase {
  readonly place: string;
  /** What Bun does by itself. */
  readonly plain: "kept" | "lost";
  /** What this package does about a loss, or what its user can. Empty where nothing is lost. */
  readonly remedy: string;
  /** Runs inside `span`, with nothing of ours in the way. Resolves to what was active at the place. */
  readonly tryPlain: () => Promise<Span | undefined>;
  /** The same through the package's own boundary, where it has one: there the span must be active. */
  readonly tryRepaired?: () => Promise<boolean>;
}

export const SURVIVAL_CASES: readonly SurvivalCase[] = [...callbackCases, ...bodyCases, ...networkCases];

/** The table of `docs/context.md`. */
export function survivalTable(): string {
  const rows = SURVIVAL_CASES.map(
    ({ place, plain, remedy, tryRepaired }) => `| ${place} | ${plain} | ${tryRepaired ? "kept" : plain} | ${remedy} |`,
  );
  return ["| Place | Bun alone | With `@baton/telemetry` | How |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
