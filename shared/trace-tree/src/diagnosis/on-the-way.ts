/**
 * What changed between two services although nothing between them took part in the trace.
 *
 * What takes part puts the id of a span of its own in place of the parent id. What does not must pass `traceparent` and
 * `tracestate` on as they are.
 * @see https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field
 * @see https://www.w3.org/TR/trace-context-2/#mutating-the-tracestate-field
 */
import { baggageValues, decode } from "../baggage-members.ts";
import type { Diagnosis } from "../cause.ts";
import type { Span } from "../trace.ts";
import { keyOf, readTracestate } from "../tracestate-members.ts";
import type { Hop } from "../wire-types.ts";
import { arrivedOf, type Evidence, finding, label, leftOf, namesOf, validParts } from "./evidence.ts";

/** A hop that nothing took part in: the callee's span is the child of the caller's. */
interface PlainHop extends Hop {
  readonly from: Span;
  readonly to: Span;
}

type PlainRule = (hop: PlainHop, evidence: Evidence) => Diagnosis | undefined;

export function findChangesOnTheWay(evidence: Evidence): readonly Diagnosis[] {
  return evidence.hops.flatMap((hop) => {
    const { from, to, joinedBy } = hop;
    if (from === undefined || to === undefined || joinedBy !== "parent" || evidence.explained.has(to)) return [];
    const rules: readonly PlainRule[] = [changedFlags, changedTracestate, changedBaggage];
    return rules.flatMap((rule) => rule({ ...hop, from, to }, evidence) ?? []);
  });
}

const SAMPLED = 1;
const RANDOM = 2;

/** The callee recorded the request all the same, or there would be no hop. */
function changedFlags(hop: PlainHop): Diagnosis | undefined {
  const [left, arrived] = [validParts(leftOf(hop, "traceparent")), validParts(arrivedOf(hop, "traceparent"))];
  // An older version has fewer flags.
  if (left === undefined || arrived === undefined || left.version !== arrived.version) return undefined;
  const lost = Number.parseInt(left.flags, 16) & ~Number.parseInt(arrived.flags, 16);
  const { from, to } = hop;
  const { caller, callee } = namesOf(hop);
  const evidence = [
    `The flags left ${caller} as ${left.flags} and arrived at ${callee} as ${arrived.flags}.`,
    "The parent id is unchanged: nothing between the two took part in the trace, so nothing may change the flags.",
  ];
  if (lost & SAMPLED) {
    const symptom = `${label(to)} was told not to record, and its caller records. ${callee} recorded it all the same.`;
    return finding({ cause: "sampled-flag-lost", spans: [to, from], symptom, evidence });
  }
  if (lost & RANDOM) {
    const symptom = `${label(to)} was not told that the trace id is random. A sampler that needs to know it decides otherwise than ${caller}.`;
    return finding({ cause: "random-flag-lost", spans: [to, from], symptom, evidence });
  }
  return undefined;
}

function changedTracestate(hop: PlainHop, { captured }: Evidence): Diagnosis | undefined {
  const { from, to } = hop;
  const [leftField, arrivedField] = [leftOf(hop, "tracestate"), arrivedOf(hop, "tracestate")];
  const leftValues = captured.raw(from, "request", "tracestate");
  const arrivedValues = captured.raw(to, "request", "tracestate");
  const [left, arrived] = [readTracestate(leftValues), readTracestate(arrivedValues)];
  if (left.members.join() === arrived.members.join() || !left.isValid) return undefined;
  if (arrivedField.state === "not captured") return undefined;
  // Of a caller that never captured it, nobody knows what left.
  if (leftField.state !== "captured" && !captured.isUsual(from, "request", "tracestate")) return undefined;
  const isCut = left.isLong && arrived.members.length > 0 && arrived.members.every((one) => left.members.includes(one));
  if (isCut) return undefined;
  const { caller, callee } = namesOf(hop);
  const untouched =
    "The parent id is unchanged: nothing between the two took part in the trace, so nothing may change tracestate.";
  const doubt = doubtOfCapture(leftValues, arrivedValues, callee);
  const lost = keysOnlyIn(left.members, arrived.members);
  if (lost.length > 0 && keysOnlyIn(arrived.members, left.members).length === 0) {
    const isKnown = captured.isUsual(to, "request", "tracestate");
    const next = `See whether ${callee} captures tracestate at all: it captured other headers of this request.`;
    return finding({
      cause: "tracestate-dropped",
      spans: [to, from],
      symptom: `tracestate is missing at ${label(to)}: ${lost.join(", ")}.`,
      evidence: [
        `It left ${caller}, and ${arrived.members.length === 0 ? "no tracestate" : "the rest of it"} arrived at ${callee}.`,
        untouched,
      ],
      ...(isKnown ? doubt : { grade: "likely" as const, next }),
    });
  }
  return finding({
    cause: "tracestate-altered",
    spans: [to, from],
    symptom: `The tracestate that arrived at ${label(to)} is not the one that left: ${differences(left.members, arrived.members)}.`,
    evidence: [
      `It left ${caller} as ${leftField.values.join() || "nothing"}, and arrived at ${callee} as ${arrivedField.values.join()}.`,
      untouched,
    ],
    ...doubt,
  });
}

function keysOnlyIn(members: readonly string[], others: readonly string[]): readonly string[] {
  const otherKeys = new Set(others.map(keyOf));
  return members.map(keyOf).filter((key) => !otherKeys.has(key));
}

function differences(left: readonly string[], arrived: readonly string[]): string {
  const added = keysOnlyIn(arrived, left);
  const lost = keysOnlyIn(left, arrived);
  const changed = arrived.filter((member) => !left.includes(member) && !added.includes(keyOf(member))).map(keyOf);
  const parts = [
    ...(added.length > 0 ? [`${added.join(", ")} was added`] : []),
    ...(lost.length > 0 ? [`${lost.join(", ")} is missing`] : []),
    ...(changed.length > 0 ? [`${changed.join(", ")} has another value`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : "its entries have another order";
}

/** A service between may put keys into the baggage and take some out. To change a value of somebody else's is unusual. */
function changedBaggage(hop: PlainHop, { captured }: Evidence): Diagnosis | undefined {
  const { from, to } = hop;
  const [leftValues, arrivedValues] = [
    captured.raw(from, "request", "baggage"),
    captured.raw(to, "request", "baggage"),
  ];
  const [left, arrived] = [baggageValues(leftValues), baggageValues(arrivedValues)];
  const altered = [...left].filter(([key, values]) => arrived.has(key) && arrived.get(key)?.join() !== values.join());
  if (altered.length === 0) return undefined;
  const { caller, callee } = namesOf(hop);
  const isTwice = altered.every(([key, values]) => (arrived.get(key) ?? []).map(decode).join() === values.join());
  const keys = altered.map(([key]) => key).join(", ");
  const next = `See whether what is between the two is meant to write ${keys}: baggage may be changed on the way.`;
  return finding({
    cause: "baggage-altered",
    spans: [to, from],
    symptom: `The baggage ${keys} has another value at ${label(to)} than at ${label(from)}.`,
    evidence: [
      `It left ${caller} with one value and arrived at ${callee} with another.`,
      ...(isTwice ? ["What arrived was encoded twice: decoded once more, it is what left."] : []),
    ],
    ...(isTwice ? {} : { grade: "likely" as const, next, ...doubtOfCapture(leftValues, arrivedValues, callee) }),
  });
}

/** A service with a limit for attributes records only the beginning of what arrived, up to somewhere in an entry. */
function doubtOfCapture(left: readonly string[], arrived: readonly string[], callee: string) {
  const [all, beginning] = [left.join(), arrived.join()];
  if (beginning === "" || !all.startsWith(beginning) || all.charAt(beginning.length) === ",") return {};
  const next = `What was recorded at ${callee} is the beginning of what left: see whether ${callee} limits the length of attributes.`;
  return { grade: "likely", next } as const;
}
