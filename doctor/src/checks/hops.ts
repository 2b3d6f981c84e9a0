/** Behind the service: whether the spans of what it calls are joined to its own, and what broke them where they are not. */
import { type Cause, type Diagnosis, diagnose, type Span, type Trace, verdictOf } from "@baton/trace-tree";
import { type Evidence, ofPurpose, type Seen } from "../evidence.ts";
import type { Finding, Rule } from "../finding.ts";
import { remedyFor } from "../remedies.ts";
import { rules } from "../rules.ts";

/** @param seen Those whose trees are looked at. */
export function judgeHops(evidence: Evidence, seen: readonly Seen[]): readonly Finding[] {
  const causes = diagnoseHops(evidence);
  const isKnown = causes.some(([{ cause }]) => cause === "wrong-parent");
  return [...causes.map(findingOf), ...(isKnown ? [] : unjoined(evidence, seen))];
}

/** Whether a span is missing that may only be late. */
export function lacksSpans(evidence: Evidence): boolean {
  return diagnoseHops(evidence).some(([{ cause }]) => MISSING.has(cause));
}

const MISSING: ReadonlySet<Cause> = new Set<Cause>([
  "export-failed",
  "missing-callee-unknown",
  "missing-parent-unknown",
  "sampled-flag-lost",
  "sampler-ignores-parent",
  "span-never-ended",
]);
const KEEPS_TRACE: ReadonlySet<Cause> = new Set<Cause>([
  "baggage-altered",
  "baggage-dropped",
  "baggage-leak",
  "clock-skew",
  "random-flag-lost",
  "tracestate-altered",
  "tracestate-dropped",
]);
/** Another one's traffic looks like a fault once by accident, and not again with the next request. */
const ENOUGH = 2;

type OfOneCause = readonly [Diagnosis, ...Diagnosis[]];

/** From the requests that were sent one after the other, so that no span of one is taken for another's. */
function diagnoseHops(evidence: Evidence): readonly OfOneCause[] {
  const alone = ofPurpose(evidence, "warm-up", "sampled").filter(({ entries }) => entries.length > 0);
  const entries = new Set(alone.flatMap((each) => each.entries));
  const found = diagnose(tracesAround(evidence, alone)).filter(
    // The hop from us to the service has checks of its own, and our own span is in no trace.
    (each) => !isGuess(each) && !(each.spans[0] && isAmong(entries, each.spans[0])),
  );
  const ours = new Set([...entries].map(({ traceId }) => traceId));
  const own = found.filter(({ spans }) => spans.some(({ traceId }) => ours.has(traceId)));
  return [...Map.groupBy(own, ({ cause }) => cause).values()].flatMap(([first, ...more]): readonly OfOneCause[] =>
    first !== undefined && (first.grade === "certain" || more.length + 1 >= ENOUGH) ? [[first, ...more]] : [],
  );
}

/** Many services send no spans. Only where the callee has answered with its span is one known to be missing. */
function isGuess({ cause, likelyCauses }: Diagnosis): boolean {
  return cause === "missing-callee-unknown" && likelyCauses.includes("export-failed");
}

function isAmong(entries: ReadonlySet<Span>, { traceId, spanId }: Span): boolean {
  return [...entries].some((entry) => entry.traceId === traceId && entry.spanId === spanId);
}

/** The traces of these requests, and those that ran meanwhile and are of no other request of ours. */
function tracesAround({ traces, seen }: Evidence, alone: readonly Seen[]): readonly Trace[] {
  const own = new Set(alone.map(({ entries }) => entries[0]?.traceId));
  const ofOthers = new Set(seen.flatMap((each) => (alone.includes(each) ? [] : (each.tree?.trace.traceId ?? []))));
  return traces.flatMap(({ traceId, spans }) => {
    if (own.has(traceId)) return [{ traceId, spans }];
    const isMeanwhile = spans.some((span) => alone.some(({ entries: [entry] }) => entry && overlap(entry, span)));
    return isMeanwhile && !ofOthers.has(traceId) ? [{ traceId, spans }] : [];
  });
}

function overlap(a: Span, b: Span): boolean {
  return a.startMicros <= b.startMicros + b.durationMicros && b.startMicros <= a.startMicros + a.durationMicros;
}

/** What is only likely does not let a build fail. */
function findingOf(of: OfOneCause): Finding {
  const [{ cause, grade, symptom, evidence, likelyCauses, mend, next }] = of;
  const others = likelyCauses.filter((each) => each !== cause);
  return {
    id: `passes-on/${cause}`,
    level: grade === "certain" && !KEEPS_TRACE.has(cause) ? "broken" : "unusual",
    title: titleOf(cause),
    sent: "A valid traceparent.",
    came: `${symptom} ${evidence.join(" ")}`,
    ...meaningOf(cause),
    remedy: [mend, ...(others.length > 0 ? [`It may also be: ${others.join(", ")}.`] : []), next]
      .filter(Boolean)
      .join(" "),
    examples: of.flatMap(({ spans: [span] }) => (span === undefined ? [] : [`trace ${span.traceId}`])),
  };
}

function titleOf(cause: Cause): string {
  const words = cause.replace(/-unknown$/, "").replaceAll("-", " ");
  return cause.endsWith("-unknown")
    ? `Something is wrong in a call of the service, and the spans do not show where: ${words}.`
    : `Something is wrong in a call of the service: ${words}.`;
}

function meaningOf(cause: Cause): { readonly rule: Rule; readonly effect: string } {
  switch (cause) {
    case "stale-context":
      return { rule: rules.propagators, effect: "Traces show calls that their request never made." };
    case "wrong-parent":
      return {
        rule: rules.httpClientSpan,
        effect: "The called service stands beside the call and not below it: its time is counted twice.",
      };
    case "silent-intermediary":
    case "span-never-ended":
    case "missing-parent-unknown":
      return { rule: rules.spanEnd, effect: "Spans are orphans: nobody sees what they are a part of." };
    case "missing-callee-unknown":
    case "sampled-flag-lost":
    case "sampler-ignores-parent":
      return { rule: rules.parentBased, effect: "Traces have holes: the called service is missing." };
    case "export-failed":
      return { rule: rules.exporter, effect: "The called service is missing in each trace." };
    case "double-instrumentation":
      return { rule: rules.httpServerSpan, effect: "Rates, error rates and durations count requests twice." };
    case "clock-skew":
      return { rule: rules.spanEnd, effect: "Spans stand at the wrong time: nobody sees what waited for what." };
    case "random-flag-lost":
      return { rule: rules.randomFlag, effect: "Services that sample by the trace id do not agree on what they keep." };
    case "tracestate-altered":
    case "tracestate-dropped":
      return {
        rule: rules.tracestate,
        effect: "What a tracing system keeps there, such as how a trace was sampled, is lost.",
      };
    case "baggage-altered":
    case "baggage-dropped":
      return { rule: rules.baggage, effect: "What a caller says of the whole request does not reach every service." };
    case "baggage-leak":
      return { rule: rules.baggagePrivacy, effect: "What is private leaves your system with a call to a stranger." };
    default:
      return {
        rule: rules.propagators,
        effect: "The trace ends at the call. What the called service does is another trace that nobody can find.",
      };
  }
}

/** Where spans of several services came: a hop without its pair of CLIENT and SERVER span. */
function unjoined({ service }: Evidence, seen: readonly Seen[]): readonly Finding[] {
  const hops = seen
    .flatMap(({ tree }) => (tree === undefined ? [] : verdictOf(tree).findings))
    .filter(({ noun }) => noun.startsWith("hop "));
  return [...Map.groupBy(hops, ({ noun }) => noun)].map(([noun, of]) => ({
    id: `passes-on/${noun.replaceAll(/\W+/g, "-").toLowerCase()}`,
    level: of[0]?.grade ?? "unusual",
    title: `Two services are joined in an unusual way: ${noun}.`,
    sent: "A valid traceparent.",
    came: `${of.length} hops have another pair of spans than CLIENT over SERVER. ${of[0]?.causes[0] ?? ""}`,
    rule: rules.httpClientSpan,
    effect: "Service maps lack the connection, and the time between the services is not seen.",
    remedy: remedyFor("client span", service),
    examples: [...new Set(of.map(({ sentence }) => sentence))],
  }));
}
