/** Sampling: whether the caller's decision is kept, and which share is recorded when nobody has decided. */
import { type Evidence, isAnswered, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, type Finding, resultOf } from "../finding.ts";
import { isTraceOf } from "../probe.ts";
import { remedyFor } from "../remedies.ts";
import { rules } from "../rules.ts";

export function checkSampling(evidence: Evidence): CheckResult {
  if (!evidence.hasSpans) return resultOf("sampling", "no span came", [notSeen(evidence)]);
  const yes = ofPurpose(evidence, "sampled", "parallel").filter(isAnswered);
  // Whoever starts a trace of its own also decides on its own.
  const ignoresCallers = evidence.seen.some((each) => each.probe.purpose === "sampled" && isInOtherTrace(each));
  const no = ignoresCallers ? [] : ofPurpose(evidence, "unsampled").filter(isAnswered);
  const nothing = ofPurpose(evidence, "nothing").filter(isAnswered);
  const recorded = (seen: readonly Seen[]) => seen.filter(({ entries }) => entries.length > 0).length;
  const percent = nothing.length === 0 ? undefined : Math.round((recorded(nothing) / nothing.length) * 100);
  const findings = [
    ...(recorded(yes) < yes.length
      ? [
          {
            id: "sampling/sampled-not-recorded",
            level: "broken" as const,
            title: "The caller says that the trace is recorded, and the service does not record its part.",
            sent: "traceparent with the sampled flag.",
            came: `${yes.length - recorded(yes)} of ${yes.length} requests have no SERVER span.`,
            rule: rules.parentBased,
            effect: "Traces have holes: this service, and with it what it calls, is missing.",
            remedy: remedyFor("sampler", evidence.service),
            examples: yes.filter(({ entries }) => entries.length === 0).map(({ probe }) => probe.identity.traceId),
          },
        ]
      : []),
    ...(recorded(no) > 0
      ? [
          {
            id: "sampling/unsampled-recorded",
            level: "unusual" as const,
            title: "The caller says that the trace is not recorded, and the service records its part.",
            sent: "traceparent without the sampled flag.",
            came: "A SERVER span came all the same.",
            rule: rules.parentBased,
            effect: "Traces that begin in the middle, and more spans than the caller's sampling allows for.",
            remedy: remedyFor("sampler", evidence.service),
            examples: [],
          },
        ]
      : []),
  ];
  const share = percent === undefined ? "" : `, ${percent} % recorded when nobody has decided`;
  const kind = findings.length === 0 ? "keeps the caller's decision" : "does not keep the caller's decision";
  return resultOf("sampling", `${kind}${share}`, findings);
}

function isInOtherTrace({ probe, entries: [entry] }: Seen): boolean {
  return entry !== undefined && !isTraceOf(probe, entry.traceId);
}

function notSeen({ service }: Evidence): Finding {
  return {
    id: "sampling/not-seen",
    level: "not seen",
    title: "What is recorded was not seen.",
    sent: "Requests with and without the sampled flag.",
    came: "No span.",
    rule: rules.parentBased,
    effect: "The service may record nothing at all.",
    remedy: remedyFor("export", service),
    examples: [],
  };
}
