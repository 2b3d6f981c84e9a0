/** A request whose callee began a trace of its own: where was the header lost? */
import type { Cause, Diagnosis } from "../cause.ts";
import type { Hop } from "../wire-types.ts";
import { arrivedOf, type Draft, type Evidence, finding, label, leftOf, namesOf, validParts } from "./evidence.ts";

/** The other formats, with what says that a trace is in them. */
const OTHER_FORMATS = ["b3", "x-b3-traceid", "uber-trace-id"] as const;

export function findNewTraces({ hops, explained }: Evidence): readonly Diagnosis[] {
  return hops.flatMap((hop) => {
    const { from, to } = hop;
    if (to === undefined || to.parentId !== undefined || isRestart(hop)) return [];
    const draft = from === undefined ? explainEntry(hop) : from.traceId === to.traceId ? undefined : explainHop(hop);
    if (draft === undefined) return [];
    explained.add(to);
    if (from !== undefined) explained.add(from);
    const symptom =
      from === undefined
        ? `${label(to)} begins a trace, although its request carried one.`
        : `Two traces of one request: ${label(from)} has no child, and ${label(to)} begins a trace of its own.`;
    return [
      finding({
        ...draft,
        ...doubt(hop, draft),
        symptom,
        spans: draft.cause === "not-injected" ? [from, to] : [to, from],
      }),
    ];
  });
}

type Explanation = Omit<Draft, "symptom" | "spans">;

/** A service at the edge may begin a new trace on purpose. It links to the caller then. */
function isRestart(hop: Hop): boolean {
  const { from, to } = hop;
  const sent = validParts(arrivedOf(hop, "traceparent"));
  return (to?.links ?? []).some(
    ({ traceId, spanId }) => spanId === from?.spanId || (traceId === sent?.traceId && spanId === sent.parentId),
  );
}

/** Two spans that only the time joins may belong to two requests. */
function doubt({ joinedBy }: Hop, { grade, next = "" }: Explanation): Partial<Draft> {
  if (joinedBy !== "time" || grade === "open") return {};
  const sure =
    "That both spans are of one request is known only by their method and time; a traceresponse would say it.";
  return { grade: "likely", next: [next, sure].filter(Boolean).join(" ") };
}

/** The caller sent no span, but its header may have been captured where it arrived. */
function explainEntry(hop: Hop): Explanation | undefined {
  const arrived = arrivedOf(hop, "traceparent");
  if (arrived.state === "captured") return explainArrived(hop);
  return arrived.state === "absent" ? explainFormat(hop) : undefined;
}

function explainHop(hop: Hop): Explanation | undefined {
  const { state } = arrivedOf(hop, "traceparent");
  if (state === "captured") return explainArrived(hop);
  return state === "absent" ? (explainFormat(hop) ?? explainAbsent(hop)) : explainNotCaptured(hop);
}

/** It arrived, and the callee did not continue it. */
function explainArrived(hop: Hop): Explanation | undefined {
  const { caller, callee } = namesOf(hop);
  const arrived = arrivedOf(hop, "traceparent");
  const problems = [...new Set(arrived.parts.flatMap((parts) => parts.problems))];
  if (problems.length > 0) {
    const left = leftOf(hop, "traceparent");
    const where =
      left.state !== "captured"
        ? `What ${caller} sent is not captured.`
        : validParts(left) === undefined
          ? `It left ${caller} like that.`
          : `It was well-formed when it left ${caller}: something between the two changed it.`;
    return {
      cause: "malformed-header",
      evidence: [`A traceparent arrived at ${callee} that must be ignored: ${problems.join("; ")}.`, where],
    };
  }
  const parts = validParts(arrived);
  if (parts === undefined || parts.traceId === hop.to?.traceId) return undefined;
  return {
    cause: "not-extracted",
    evidence: [
      `A well-formed traceparent arrived at ${callee}, of trace ${parts.traceId}.`,
      `${callee} did not continue it: its span is the root of trace ${hop.to?.traceId}, and has no link to the caller.`,
    ],
  };
}

/** No traceparent arrived: did another format? */
function explainFormat(hop: Hop): Explanation | undefined {
  const { caller, callee } = namesOf(hop);
  const other = OTHER_FORMATS.find((name) => arrivedOf(hop, name).state === "captured");
  if (other === undefined) return undefined;
  return {
    cause: "format-mismatch",
    evidence: [
      `${caller} sent ${other} and no traceparent.`,
      `${other} arrived at ${callee}, which did not continue it.`,
    ],
  };
}

/** Nothing arrived. */
function explainAbsent(hop: Hop): Explanation {
  const { caller, callee } = namesOf(hop);
  const left = leftOf(hop, "traceparent");
  const nothing = `No traceparent arrived at ${callee}.`;
  if (left.state === "captured") {
    return { cause: "header-dropped", evidence: [`A traceparent left ${caller}.`, nothing] };
  }
  if (left.state === "absent") return notInjected(hop, [nothing]);
  return {
    cause: "new-trace-unknown",
    grade: "open",
    evidence: [nothing, `What ${caller} sent is not captured.`],
    others: ["not-injected", "header-dropped"],
    next: `Capture traceparent on the CLIENT spans of ${caller}: where it left, it was dropped on the way.`,
  };
}

/** What arrived is not known. */
function explainNotCaptured(hop: Hop): Explanation {
  const { caller, callee } = namesOf(hop);
  const left = leftOf(hop, "traceparent");
  const unknown = `What arrived at ${callee} is not captured.`;
  if (left.state === "absent") return notInjected(hop, [unknown]);
  const problems = [...new Set(left.parts.flatMap((parts) => parts.problems))];
  if (problems.length > 0) {
    const evidence = [`${caller} sent a traceparent that must be ignored: ${problems.join("; ")}.`, unknown];
    return { cause: "malformed-header", evidence };
  }
  const captureArrived = `Capture traceparent on the SERVER spans of ${callee}: where it arrived, ${callee} did not read it.`;
  if (left.state === "captured") {
    const evidence = [`A well-formed traceparent left ${caller}.`, unknown];
    return { ...OPEN, evidence, others: ["not-extracted", "header-dropped"], next: captureArrived };
  }
  return {
    ...OPEN,
    evidence: [`What ${caller} sent is not captured.`, unknown],
    others: ["not-injected", "header-dropped", "not-extracted", "format-mismatch"],
    next: `Capture traceparent on the CLIENT spans of ${caller} and on the SERVER spans of ${callee}.`,
  };
}

const OPEN = { cause: "new-trace-unknown", grade: "open" } as const satisfies { cause: Cause; grade: string };

function notInjected(hop: Hop, evidence: readonly string[]): Explanation {
  const { caller } = namesOf(hop);
  const other = OTHER_FORMATS.find((name) => leftOf(hop, name).state === "captured");
  if (other !== undefined) {
    return { cause: "format-mismatch", evidence: [`${caller} sent ${other} and no traceparent.`, ...evidence] };
  }
  return { cause: "not-injected", evidence: [`No traceparent left ${caller}.`, ...evidence] };
}
