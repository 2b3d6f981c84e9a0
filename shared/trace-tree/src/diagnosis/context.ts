/** A call that was made in the wrong context of its own process: none, or that of an earlier request. */
import type { Diagnosis } from "../cause.ts";
import { operationOf } from "../operation.ts";
import type { Span } from "../trace.ts";
import { type Evidence, encloses, endOf, finding, label } from "./evidence.ts";

/** Many SDKs know when a span started to the millisecond only. */
const ROUNDING_MICROS = 1000;

/** A root that is no beginning: a call out of a service, made while a request without such a call ran there. */
export function findLostContexts(evidence: Evidence): readonly Diagnosis[] {
  return evidence.spans.flatMap((span) => {
    if (span.parentId !== undefined || !isCall(span)) return [];
    const requests = requestsAround(span, evidence);
    const [request] = requests;
    if (request === undefined) return [];
    evidence.explained.add(span);
    return [
      finding({
        cause: "context-lost",
        grade: "likely",
        spans: [span, ...requests],
        symptom: `${label(span)} is the root of a trace of its own.`,
        evidence: [
          `${label(request)} ran in the same service at the same time, in trace ${request.traceId}.`,
          `${label(request)} has no such call below it.`,
          ...(requests.length > 1 ? [`So did ${requests.length - 1} more: the call may be of any of them.`] : []),
        ],
        next: "Work that no request asked for, such as a timer's, looks the same: see whether the call is made without requests too.",
      }),
    ];
  });
}

/** A call below a request that was already over, while another request without such a call ran. */
export function findStaleContexts(evidence: Evidence): readonly Diagnosis[] {
  return evidence.spans.flatMap((span) => {
    const parent = evidence.find(span.traceId, span.parentId);
    if (parent === undefined || parent.service !== span.service || !isCall(span)) return [];
    if (!isAfter(span, parent)) return [];
    const requests = requestsAround(span, evidence).filter(({ traceId }) => traceId !== span.traceId);
    const [request] = requests;
    if (request === undefined) return [];
    evidence.explained.add(span);
    const lateMs = Math.max(0, Math.round((span.startMicros - endOf(parent)) / 1000));
    return [
      finding({
        cause: "stale-context",
        grade: "likely",
        spans: [span, parent, ...requests],
        symptom: `${label(span)} started ${lateMs} ms after its parent, ${label(parent)}, had ended.`,
        evidence: [
          `Both are of the same service, so it is not the clocks.`,
          `${label(request)} of trace ${request.traceId} ran when the call was made, and has no such call below it.`,
        ],
        next: "Work that the earlier request left behind looks the same: see whether it is made without a second request too.",
      }),
    ];
  });
}

/** A child that ended with its parent may seem to end up to a millisecond after it. */
function isAfter(span: Span, parent: Span): boolean {
  return span.startMicros > endOf(parent) - ROUNDING_MICROS && endOf(span) > endOf(parent) + ROUNDING_MICROS;
}

function isCall({ kind }: Span): boolean {
  return kind === "client" || kind === "producer";
}

/**
 * SERVER and CONSUMER spans of the same service that ran around the call and have no call below them; or, where other
 * requests of the same name made such a call, that do not have this one.
 */
function requestsAround(call: Span, evidence: Evidence): readonly Span[] {
  return evidence.spans.filter((span) => {
    if (span.service !== call.service || (span.kind !== "server" && span.kind !== "consumer")) return false;
    if (!encloses(span, call)) return false;
    const calls = callsBelow(span, evidence);
    if (calls.length === 0) return true;
    return !calls.some((other) => isSameCall(other, call)) && isUsualFor(span, call, evidence);
  });
}

function isUsualFor(request: Span, call: Span, evidence: Evidence): boolean {
  return evidence.spans.some(
    (span) =>
      span !== request &&
      span.kind === request.kind &&
      span.service === request.service &&
      span.name === request.name &&
      callsBelow(span, evidence).some((other) => isSameCall(other, call)),
  );
}

function isSameCall(a: Span, b: Span): boolean {
  return (operationOf(a) ?? a.name) === (operationOf(b) ?? b.name);
}

/** The calls of a request, through the spans of its own service, that are made while it runs. */
function callsBelow(request: Span, evidence: Evidence): readonly Span[] {
  const calls: Span[] = [];
  const stack = [...evidence.childrenOf(request)];
  const seen = new Set<Span>();
  for (let span = stack.pop(); span; span = stack.pop()) {
    if (seen.has(span) || span.service !== request.service) continue;
    seen.add(span);
    if (isCall(span)) {
      if (span.startMicros <= endOf(request)) calls.push(span);
    } else stack.push(...evidence.childrenOf(span));
  }
  return calls;
}
