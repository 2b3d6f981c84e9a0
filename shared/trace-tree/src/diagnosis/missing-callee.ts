/** A call that was answered, and whose callee has no span. */
import type { Diagnosis } from "../cause.ts";
import { operationOf } from "../operation.ts";
import type { Span } from "../trace.ts";
import type { Hop } from "../wire-types.ts";
import { arrivedOf, type Draft, type Evidence, finding, label, leftOf, namesOf, validParts } from "./evidence.ts";

/** Bit 2 of the flags: the trace id is random. A callee sends it on as it got it, whatever it samples. */
const RANDOM = 2;

export function findMissingCallees(evidence: Evidence): readonly Diagnosis[] {
  return evidence.hops.flatMap((hop) => {
    const { from, to } = hop;
    if (from === undefined || to !== undefined || evidence.explained.has(from) || !wasAnswered(from)) return [];
    const answer = validParts(arrivedOf(hop, "traceresponse"));
    // The answer is another request's, as a cache gives it: nothing is missing.
    if (answer !== undefined && evidence.find(answer.traceId, answer.parentId)) return [];
    const draft = explainAnswer(hop) ?? explainHabit(hop, evidence);
    if (draft === undefined) return [];
    evidence.explained.add(from);
    const symptom = `The trace ends at ${label(from)}: it was answered, and there is no SERVER span below it.`;
    return [finding({ ...draft, symptom, spans: [from] })];
  });
}

type Explanation = Omit<Draft, "symptom" | "spans">;

/** Statuses that a client library makes itself where nobody answers. */
const UNANSWERED = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "1", "4", "14"]);

function wasAnswered({ attributes, kind }: Span): boolean {
  if (kind !== "client") return false;
  const rpc = attributes["rpc.status_code"] ?? attributes["rpc.grpc.status_code"];
  if (rpc !== undefined) return !UNANSWERED.has(String(rpc));
  return (attributes["http.response.status_code"] ?? attributes["http.status_code"]) !== undefined;
}

/** `traceresponse` says what the callee did. */
function explainAnswer(hop: Hop): Explanation | undefined {
  const answer = validParts(arrivedOf(hop, "traceresponse"));
  if (answer === undefined) return undefined;
  const { caller, callee } = namesOf(hop);
  const said = `${callee} answered with span ${answer.parentId} of ${answer.traceId === hop.from?.traceId ? "this trace" : `trace ${answer.traceId}`}`;
  if (answer.sampled) {
    return {
      cause: "export-failed",
      grade: "likely",
      evidence: [
        `${said}, with the sampled flag: it recorded the request.`,
        "The span has not arrived at the backend.",
      ],
      others: ["span-never-ended"],
      next: `Read the trace again later. Where it is still missing, look at the metrics of ${callee} about spans that it could not export, and at its log.`,
    };
  }
  const left = validParts(leftOf(hop, "traceparent"));
  const unsampled = `${said}, without the sampled flag: it did not record the request.`;
  const sent = left?.sampled ? [`The traceparent left ${caller} with the sampled flag.`] : [];
  const wasRandom = left !== undefined && (Number.parseInt(left.flags, 16) & RANDOM) !== 0;
  const isRandom = (Number.parseInt(answer.flags, 16) & RANDOM) !== 0;
  if (wasRandom && !isRandom) {
    return {
      cause: "sampled-flag-lost",
      grade: "likely",
      evidence: [
        unsampled,
        ...sent,
        "The random flag is gone too. A sampler does not change it, so the flags were rewritten on the way.",
      ],
      others: ["sampler-ignores-parent"],
      next: `Capture traceparent where it arrives at ${callee}, in a log: a span that is not recorded captures nothing.`,
    };
  }
  if (wasRandom) {
    return {
      cause: "sampler-ignores-parent",
      grade: "likely",
      evidence: [unsampled, ...sent, "The random flag came back, so the flags arrived as they were sent."],
      others: ["sampled-flag-lost"],
      next: `Read OTEL_TRACES_SAMPLER of ${callee}.`,
    };
  }
  return {
    cause: "missing-callee-unknown",
    grade: "open",
    evidence: [unsampled, ...sent],
    others: ["sampled-flag-lost", "sampler-ignores-parent"],
    next: `Log the traceparent that arrives at ${callee}: where its flags are 01, the sampler of ${callee} decided for itself.`,
  };
}

/** Without `traceresponse`, only a callee that has spans for other calls is missed: many services send none. */
function explainHabit({ from }: Hop, { hops }: Evidence): Explanation | undefined {
  if (from === undefined) return undefined;
  const address = addressOf(from);
  const other = hops.find(
    (hop) =>
      hop.from !== undefined &&
      hop.to !== undefined &&
      hop.joinedBy === "parent" &&
      (addressOf(hop.from) === address || operationOf(hop.from) === operationOf(from)),
  );
  if (other === undefined || address === undefined) return undefined;
  return {
    cause: "missing-callee-unknown",
    grade: "open",
    evidence: [
      `The same callee has a span for another call: ${other.to && label(other.to)}.`,
      "No traceresponse came back.",
    ],
    others: ["export-failed", "sampled-flag-lost", "sampler-ignores-parent", "span-never-ended"],
    next: "Let the callee send traceresponse, and capture it on the CLIENT span: it says whether the request was recorded.",
  };
}

function addressOf({ attributes }: Span): string | undefined {
  const address = attributes["server.address"];
  return address === undefined ? undefined : `${address}:${attributes["server.port"] ?? ""}`;
}
