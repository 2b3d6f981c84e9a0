/** Names what broke a trace, from its spans and its wire alone. */

import type { Diagnosis } from "./cause.ts";
import { findLeakedBaggage, findLostBaggage } from "./diagnosis/baggage.ts";
import { findClockSkew } from "./diagnosis/clocks.ts";
import { findLostContexts, findStaleContexts } from "./diagnosis/context.ts";
import { findDoubles } from "./diagnosis/double.ts";
import { collectEvidence, type Rule } from "./diagnosis/evidence.ts";
import { findMissingCallees } from "./diagnosis/missing-callee.ts";
import { findNewTraces } from "./diagnosis/new-trace.ts";
import { findChangesOnTheWay } from "./diagnosis/on-the-way.ts";
import { findMissingParents, findWrongParents } from "./diagnosis/parents.ts";
import type { Trace } from "./trace.ts";

/** In this order: a span that one rule has explained is left out by the later ones. */
const RULES: readonly Rule[] = [
  findNewTraces,
  findWrongParents,
  findDoubles,
  findStaleContexts,
  findLostContexts,
  findMissingParents,
  findLeakedBaggage,
  findMissingCallees,
  findClockSkew,
  findChangesOnTheWay,
  findLostBaggage,
];

const GRADES = ["certain", "likely", "open"] as const;

/**
 * What is wrong with these traces, the surest first. Empty where nothing is.
 *
 * @param traces Those of one request and of the time around it. A request that broke in two is seen only where both of
 * its traces are given, or where `traceresponse` was captured.
 */
export function diagnose(traces: readonly Trace[]): readonly Diagnosis[] {
  const evidence = collectEvidence(traces);
  const findings = RULES.flatMap((rule) => rule(evidence));
  return findings.toSorted((a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade));
}
