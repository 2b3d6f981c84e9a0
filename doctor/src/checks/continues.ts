/** Continues: the SERVER span is in our trace, under our span, and no request gets another's. */
import { type Evidence, headerValues, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, type Finding, resultOf } from "../finding.ts";
import { isTraceOf } from "../probe.ts";
import { remedyFor } from "../remedies.ts";
import { rules } from "../rules.ts";

export function checkContinues(evidence: Evidence): CheckResult {
  const sent = ofPurpose(evidence, "sampled", "parallel");
  const judged = sent.filter(({ entries, calls }) => entries.length > 0 || calls.some(hasTraceparent));
  const findings = [
    ...otherTrace(evidence, judged),
    ...otherParent(evidence, judged),
    ...mixedUp(evidence, sent),
    ...lostTracestate(evidence, sent),
    ...(judged.length === 0 ? [notSeen(evidence)] : []),
  ];
  const ours = judged.filter(isContinued).length;
  const summary =
    judged.length === 0 ? "no span and no call showed it" : `${ours} of ${judged.length} requests stayed in our trace`;
  return resultOf("continues", summary, findings);
}

function hasTraceparent(call: Seen["calls"][number]): boolean {
  return headerValues(call, "traceparent").length > 0;
}

export function isContinued({ probe, entries, calls }: Seen): boolean {
  const [entry] = entries;
  if (entry !== undefined) return isTraceOf(probe, entry.traceId);
  return calls.some((call) => headerValues(call, "traceparent").some((value) => isTraceOf(probe, value)));
}

function otherTrace({ service }: Evidence, judged: readonly Seen[]): readonly Finding[] {
  const wrong = judged.filter((each) => !isContinued(each));
  if (wrong.length === 0) return [];
  return [
    {
      id: "continues/new-trace",
      level: "broken",
      title: "The service starts a new trace although the caller sent one.",
      sent: "A valid traceparent with the sampled flag.",
      came: `${wrong.length} of ${judged.length} requests got a trace of their own.`,
      rule: rules.continueTrace,
      effect:
        "Each trace ends at this service. What happens in it and behind it is a second trace that nobody can find.",
      remedy: remedyFor("continue", service),
      examples: wrong.map(
        ({ probe, entries }) => `sent ${probe.identity.traceId}, came ${entries[0]?.traceId ?? "none"}`,
      ),
    },
  ];
}

function otherParent({ service }: Evidence, judged: readonly Seen[]): readonly Finding[] {
  const wrong = judged.filter(
    (each) =>
      each.entries[0] !== undefined && isContinued(each) && each.entries[0].parentId !== each.probe.identity.parentId,
  );
  if (wrong.length === 0) return [];
  return [
    {
      id: "continues/other-parent",
      level: "broken",
      title: "The SERVER span is in our trace, but its parent is not our span.",
      sent: "A valid traceparent.",
      came: `${wrong.length} SERVER spans have another parent, or none.`,
      rule: rules.parentId,
      effect: "The trace has no order: the service's spans stand beside the caller's and not below them.",
      remedy: remedyFor("continue", service),
      examples: wrong.map(
        ({ probe, entries }) => `sent ${probe.identity.parentId}, the parent is ${entries[0]?.parentId ?? "none"}`,
      ),
    },
  ];
}

/** At the call-back of one request came the trace of another. */
function mixedUp({ service }: Evidence, sent: readonly Seen[]): readonly Finding[] {
  const ofOthers = (each: Seen) => (value: string) =>
    sent.some((other) => other !== each && isTraceOf(other.probe, value));
  const wrong = sent.filter((each) =>
    each.calls.some((call) => headerValues(call, "traceparent").some(ofOthers(each))),
  );
  if (wrong.length === 0) return [];
  return [
    {
      id: "continues/mixed-up",
      level: "broken",
      title: "A call was made in the trace of another request.",
      sent: "Several requests at once, each with a trace of its own.",
      came: `${wrong.length} calls had the trace id of another request.`,
      rule: rules.continueTrace,
      effect: "Traces show calls that their request never made. Under load every trace is wrong.",
      remedy: remedyFor("context", service),
      examples: wrong.map(({ probe }) => `request ${probe.identity.traceId}`),
    },
  ];
}

function lostTracestate({ service }: Evidence, sent: readonly Seen[]): readonly Finding[] {
  const calls = sent.filter(isContinued).flatMap(({ calls, probe: { identity } }) =>
    calls.filter((call) => {
      const [, traceId, parentId] = headerValues(call, "traceparent")[0]?.split("-") ?? [];
      return traceId === identity.traceId && parentId !== identity.parentId;
    }),
  );
  const kept = calls.filter((call) => /baton=1\s*,\s*other=2$/.test(headerValues(call, "tracestate").join(",")));
  if (calls.length === 0 || kept.length === calls.length) return [];
  return [
    {
      id: "continues/tracestate-lost",
      level: "broken",
      title: "The tracestate of the caller does not go on.",
      sent: "tracestate: baton=1,other=2",
      came: `${calls.length - kept.length} of ${calls.length} calls had another tracestate: ${
        headerValues(calls.find((call) => !kept.includes(call)) ?? { headers: [] }, "tracestate").join(",") || "none"
      }.`,
      rule: rules.tracestate,
      effect: "Backends that keep their sampling decision there (consistent sampling, vendors) show broken traces.",
      remedy: remedyFor("propagator", service),
      examples: [],
    },
  ];
}

function notSeen({ service }: Evidence): Finding {
  return {
    id: "continues/not-seen",
    level: "not seen",
    title: "Whether a trace is continued was not seen.",
    sent: "A valid traceparent.",
    came: "No SERVER span and no call to the call-back.",
    rule: rules.exporter,
    effect: "Nothing can be said of this service's traces.",
    remedy: remedyFor("export", service),
    examples: [],
  };
}
