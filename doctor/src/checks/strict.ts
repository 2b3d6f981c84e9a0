/** Is strict: what of the W3C cases is continued, and what starts a new trace. One finding for each clause. */
import { type ConformanceCase, clauses, findFaults, type HeaderLines } from "../cases/index.ts";
import { type Evidence, headerValues, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, capitalise, type Finding, type Level, resultOf } from "../finding.ts";
import { restoreCaseIds } from "../probe.ts";
import { remedyFor } from "../remedies.ts";
import { clauseRule } from "../rules.ts";
import { isContinued } from "./continues.ts";

interface Judged {
  readonly each: ConformanceCase;
  /** What is wrong; empty where nothing is. */
  readonly faults: readonly string[];
}

/**
 * @param known Ids of what the other checks have found. What is wrong with every request is told once, there, and not
 * again for each case.
 */
export function checkStrict(evidence: Evidence, known: ReadonlySet<string>): CheckResult {
  if (known.has("continues/new-trace")) {
    return resultOf("strict", "a valid header is not read either", [notSeen(evidence)]);
  }
  const cases = ofPurpose(evidence, "case").filter(({ probe }) => !probe.case?.id.startsWith("baggage"));
  const judged = cases.flatMap((each) => judgeCase(each, known) ?? []);
  const wrong = judged.filter(({ faults }) => faults.length > 0);
  if (judged.length === 0) return resultOf("strict", "no case could be judged", [notSeen(evidence)]);
  const left = cases.length - judged.length;
  const summary = `${judged.length - wrong.length} of ${judged.length} cases right${left > 0 ? `, ${left} that are not sampled left no span` : ""}`;
  return resultOf("strict", summary, findingsOf(evidence, wrong));
}

/** Where these are found, the headers of a call do not come from the headers of its request. */
const CALLS_TELL_NOTHING = ["continues/mixed-up", "passes-on/no-header", "passes-on/other-trace", "passes-on/copied"];
const FLAGS_TELL_NOTHING = ["passes-on/flags", "sampling/unsampled-recorded", "sampling/sampled-not-recorded"];

/** `undefined` where neither spans nor calls say anything of it. */
function judgeCase(seen: Seen, known: ReadonlySet<string>): Judged | undefined {
  const each = seen.probe.case;
  if (each === undefined) return undefined;
  const callsTell = CALLS_TELL_NOTHING.every((id) => !known.has(id));
  const call = seen.calls.find((received) => callsTell && headerValues(received, "traceparent").length > 0);
  const faults = call === undefined ? [] : headerFaults(seen, each, call.headers, known);
  if (call === undefined && seen.entries.length === 0) return undefined;
  const wanted = each.expected.trace;
  const came = isContinued(seen) ? "continued" : "new";
  const trace = came === wanted ? [] : [came === "new" ? "a new trace was started" : "the trace was continued"];
  return { each, faults: [...trace, ...faults] };
}

/**
 * Only what everybody agrees on: an SDK of Level 1 knows no random flag, and the sampled flag of a new trace is the
 * sampler's. A wrong trace is told from the spans.
 */
function headerFaults(
  seen: Seen,
  each: ConformanceCase,
  headers: HeaderLines,
  known: ReadonlySet<string>,
): readonly string[] {
  const flagsTell = FLAGS_TELL_NOTHING.every((id) => !known.has(id));
  return findFaults(each, restoreCaseIds(seen.probe, headers)).flatMap(({ of, text }) => {
    if (of === "form") return [text];
    if (of === "tracestate")
      return known.has("continues/tracestate-lost") || isEmptyAnyway(each, headers) ? [] : [text];
    return of === "flags" && flagsTell && each.expected.trace === "continued" ? flagFaults(each, headers) : [];
  });
}

/** A header without a member says the same as none. */
function isEmptyAnyway({ expected }: ConformanceCase, headers: HeaderLines): boolean {
  return expected.tracestate === undefined && headerValues({ headers }, "tracestate").join("").trim() === "";
}

function flagFaults({ expected }: ConformanceCase, headers: HeaderLines): readonly string[] {
  const sent = Number.parseInt(headerValues({ headers }, "traceparent")[0]?.split("-")[3] ?? "", 16);
  const wanted = Number.parseInt(expected.flags ?? "03", 16);
  const knownBits = 0b11;
  if ((sent & ~knownBits) !== 0) return ["flags of no known meaning were sent on"];
  return (sent & 1) === (wanted & 1) ? [] : ["the sampled flag changed"];
}

/** Ids that a backend refuses or cuts lose spans; the other rules protect a future that is not here yet. */
const BROKEN = new Set(["traceId", "parentId", "sampledFlag", "traceparentValue", "traceparentName"]);

function findingsOf(evidence: Evidence, wrong: readonly Judged[]): readonly Finding[] {
  return [...Map.groupBy(wrong, ({ each }) => each.clause)].map(([clause, cases]): Finding => {
    const level: Level = BROKEN.has(clause) ? "broken" : "unusual";
    return {
      id: `strict/${kebab(clause)}`,
      level,
      title: `${clauses[clause].section}: ${cases.length === 1 ? "a header is" : `${cases.length} headers are`} not read as the rule says.`,
      sent: quoteHeaders(cases[0]?.each.headers ?? []),
      came: `${capitalise(cases[0]?.faults[0] ?? "")}.`,
      rule: clauseRule(clause),
      effect: effectOf(clause, cases),
      remedy: remedyFor("propagator", evidence.service),
      examples: cases.map(({ each, faults }) => `${each.id}: ${faults.join("; ")}`),
    };
  });
}

function effectOf(clause: string, cases: readonly Judged[]): string {
  if (clause === "versioning" || clause === "tracestateVersioning") {
    return "When callers move to a newer version of the header, traces break at this service.";
  }
  if (/tracestate|list|key|value|combined/i.test(clause) && clause !== "traceparentValue") {
    return "A tracestate that is malformed is sent on, or a good one is lost, and the next service decides differently.";
  }
  if (cases.some(({ faults }) => faults.includes("the trace was continued"))) {
    return "A broken caller puts spans into a trace that other services do not continue: traces with orphans.";
  }
  return "Callers that keep to the rule lose their trace at this service.";
}

function quoteHeaders(headers: HeaderLines): string {
  if (headers.length === 0) return "No header.";
  return headers
    .map(
      ([name, value]) =>
        `${name}: ${value.length > 90 ? `${value.slice(0, 90)}… (${value.length} characters)` : value}`,
    )
    .join(" | ");
}

function notSeen({ service }: Evidence): Finding {
  return {
    id: "strict/not-seen",
    level: "not seen",
    title: "How strictly headers are read was not seen.",
    sent: "The cases of W3C Trace Context.",
    came: "No span and no call that shows which trace was taken.",
    rule: clauseRule("traceparentReceived"),
    effect: "A malformed header may break traces.",
    remedy: remedyFor("export", service),
    examples: [],
  };
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
