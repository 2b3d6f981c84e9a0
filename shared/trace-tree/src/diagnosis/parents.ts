/** Spans whose parent is the wrong one, or one that nobody has. */
import type { Diagnosis } from "../cause.ts";
import type { Span } from "../trace.ts";
import type { Hop } from "../wire-types.ts";
import { arrivedOf, type Evidence, encloses, finding, label, leftOf, namesOf, validParts } from "./evidence.ts";

/** A SERVER span below a span of another service that is not the call. */
export function findWrongParents(evidence: Evidence): readonly Diagnosis[] {
  return evidence.hops.flatMap((hop) => {
    const { from, to } = hop;
    const parent = to && evidence.find(to.traceId, to.parentId);
    if (to === undefined || parent === undefined || parent.service === to.service || hop.joinedBy === "parent")
      return [];
    evidence.explained.add(to);
    if (from !== undefined) evidence.explained.add(from);
    const beside = from === undefined ? "" : `, beside ${label(from)}`;
    return [
      finding({
        cause: "wrong-parent",
        spans: [to, parent, from],
        symptom: `${label(to)} hangs under ${label(parent)}${beside}.`,
        ...whoChose(hop, parent),
      }),
    ];
  });
}

function whoChose(hop: Hop, parent: Span) {
  const { caller, callee } = namesOf(hop);
  const left = validParts(leftOf(hop, "traceparent"))?.parentId;
  const arrived = validParts(arrivedOf(hop, "traceparent"))?.parentId;
  const { from } = hop;
  if (from === undefined) {
    const evidence = [`${parent.service} sent no CLIENT span of the call.`];
    return { grade: "likely", evidence, next: `See whether ${parent.service} instruments this call.` } as const;
  }
  if (arrived === from.spanId) {
    return {
      evidence: [`The traceparent that arrived at ${callee} names the CLIENT span. ${callee} took another parent.`],
    };
  }
  if (left === parent.spanId) {
    return { evidence: [`The traceparent that left ${caller} names ${label(parent)} and not its CLIENT span.`] };
  }
  if (left === from.spanId && arrived === parent.spanId) {
    return { evidence: [`The traceparent that left ${caller} names the CLIENT span; the one that arrived does not.`] };
  }
  const next = `Capture traceparent on both sides: either ${caller} sent the wrong id, or ${callee} took it from elsewhere.`;
  return { grade: "likely", evidence: ["What left and what arrived are not both captured."], next } as const;
}

/** Spans whose parent is in no trace. */
export function findMissingParents(evidence: Evidence): readonly Diagnosis[] {
  const { spans, find } = evidence;
  const orphans = spans.filter((span) => span.parentId !== undefined && !find(span.traceId, span.parentId));
  const families = Map.groupBy(orphans, ({ traceId, parentId, service }) => `${traceId} ${parentId} ${service}`);
  return [...families.values()].flatMap((family) => {
    const [first] = family;
    if (first === undefined) return [];
    const hop = evidence.hops.find(({ to }) => to === first);
    const found = hop === undefined ? explainLocal(first, evidence) : explainRemote(first, hop, evidence);
    for (const span of [...family, ...found.spans]) evidence.explained.add(span);
    return [found];
  });
}

const orphaned = (span: Span) => `${label(span)} is an orphan: its parent ${span.parentId} is in no trace.`;

/** The parent of a SERVER span is a span of another process. */
function explainRemote(span: Span, hop: Hop, evidence: Evidence): Diagnosis {
  const { caller, callee } = namesOf(hop);
  const left = validParts(leftOf(hop, "traceparent"));
  const arrived = validParts(arrivedOf(hop, "traceparent"));
  const symptom = orphaned(span);
  const isCut = arrived !== undefined && hop.from !== undefined && isUpperHalfCut(hop.from.traceId, arrived.traceId);
  const isOfCall = hop.from !== undefined && arrived?.parentId === hop.from.spanId;
  if (hop.from !== undefined && arrived !== undefined && arrived.traceId !== hop.from.traceId && (isCut || isOfCall)) {
    return finding({
      cause: "trace-id-altered",
      spans: [span, hop.from],
      symptom,
      evidence: [
        `${caller} called in trace ${hop.from.traceId}, and trace ${arrived.traceId} arrived at ${callee}.`,
        isCut
          ? "The upper half arrived as zeros: something between the two keeps 64 bits of a trace id."
          : "The parent id that arrived is that of the call, so it was no other request's header.",
      ],
    });
  }
  if (isOfCall) {
    const text = `The traceparent that arrived at ${callee} names the CLIENT span. ${callee} took another parent.`;
    return finding({ cause: "wrong-parent", spans: [span, hop.from], symptom, evidence: [text] });
  }
  if (left !== undefined && arrived !== undefined && left.parentId !== arrived.parentId) {
    return finding({
      cause: "silent-intermediary",
      spans: [span, hop.from],
      symptom,
      evidence: [
        `The traceparent left ${caller} with the parent id ${left.parentId}, and arrived at ${callee} with ${arrived.parentId}.`,
        `Something between the two made a span of its own. It is in no trace.`,
      ],
    });
  }
  const nearby = callerWithoutCall(span, evidence);
  return finding({
    cause: "missing-parent-unknown",
    grade: "open",
    spans: [span, hop.from ?? nearby],
    symptom,
    evidence: [
      hop.from !== undefined
        ? `${label(hop.from)} fits it, but what left and what arrived are not both captured.`
        : nearby !== undefined
          ? `${label(nearby)} ran around it and has no CLIENT span that fits: the missing span may be its own.`
          : "No span of its caller is in these traces.",
    ],
    others:
      hop.from !== undefined
        ? ["silent-intermediary", "wrong-parent"]
        : nearby !== undefined
          ? ["span-never-ended", "silent-intermediary", "export-failed"]
          : ["export-failed", "silent-intermediary", "span-never-ended"],
    next:
      hop.from !== undefined
        ? `Capture traceparent on the spans of ${caller} and ${callee}: where the parent id changes, something between the two takes part.`
        : `Read the trace again later, and look for the id ${span.parentId} in the logs of the callers.`,
  });
}

function isUpperHalfCut(left: string, arrived: string): boolean {
  return arrived !== left && arrived === left.slice(16).padStart(32, "0");
}

function callerWithoutCall(span: Span, { spans, find }: Evidence): Span | undefined {
  const isBelow = (other: Span) => {
    const seen = new Set<Span>();
    for (let above = find(other.traceId, other.parentId); above; above = find(above.traceId, above.parentId)) {
      if (above === span) return true;
      if (seen.has(above)) return false;
      seen.add(above);
    }
    return false;
  };
  return spans.find((other) => {
    const isCaller = other.traceId === span.traceId && other.service !== span.service && other.kind === "server";
    return isCaller && encloses(other, span) && !isBelow(other);
  });
}

/** The parent of any other span is a span of the same process. */
function explainLocal(span: Span, evidence: Evidence): Diagnosis {
  const { hops, spans } = evidence;
  const call = hops.find((hop) => validParts(arrivedOf(hop, "traceresponse"))?.parentId === span.parentId);
  const response = call && validParts(arrivedOf(call, "traceresponse"));
  const symptom = orphaned(span);
  if (response?.sampled === false) {
    return finding({
      cause: "sampler-ignores-parent",
      spans: [span, call?.from],
      symptom,
      evidence: [
        `${span.service} answered with the missing id and without the sampled flag: its SERVER span was not recorded.`,
        "The span below it was recorded. A sampler that follows the parent would have recorded both, or neither.",
      ],
    });
  }
  const brothers = spans.filter(
    (other) => other !== span && other.service === span.service && other.traceId === span.traceId,
  );
  const around = brothers.find((other) => encloses(other, span) && other.parentId !== span.parentId);
  if (response !== undefined || around !== undefined) {
    return finding({
      cause: "span-never-ended",
      grade: "likely",
      spans: [span, around ?? call?.from],
      symptom,
      evidence: [
        `The missing span is of ${span.service} itself: the parent of ${span.kind === "internal" ? "an INTERNAL" : "such a"} span is in the same process.`,
        response !== undefined
          ? `${span.service} answered with the missing id and the sampled flag: the span was begun and recorded.`
          : `${around && label(around)} of the same request arrived, so ${span.service} can send its spans.`,
      ],
      others: ["sampler-ignores-parent", "export-failed"],
      next: `Read the trace again later. Where it is still missing, see whether ${span.service} counts spans that it dropped; if it dropped none, the span was never ended.`,
    });
  }
  return finding({
    cause: "missing-parent-unknown",
    grade: "open",
    spans: [span],
    symptom,
    evidence: [`The missing span is of ${span.service} itself, and no other span of that service is in the trace.`],
    others: ["sampler-ignores-parent", "span-never-ended", "export-failed"],
    next: `Send traceresponse from ${span.service}: its flags say whether the missing span was recorded.`,
  });
}
