/** Baggage that did not arrive where it should, or left for where it should not. */

import { baggageKeys } from "../baggage-members.ts";
import type { Diagnosis } from "../cause.ts";
import { isPrivateKey } from "../private-keys.ts";
import type { Span } from "../trace.ts";
import type { Hop } from "../wire-types.ts";
import { arrivedOf, type Evidence, finding, label, leftOf, namesOf } from "./evidence.ts";

export function findLostBaggage(evidence: Evidence): readonly Diagnosis[] {
  // The second span of a doubled instrumentation captures nothing that the first one would not.
  const hops = evidence.hops.filter(({ to }) => to === undefined || !evidence.explained.has(to));
  return hops.flatMap((hop) => [...lostOnTheWay(hop, evidence), ...notPassedOn(hop, evidence)]);
}

/** It left and did not arrive. Where the whole context was lost, another rule says so. */
function lostOnTheWay(hop: Hop, evidence: Evidence): readonly Diagnosis[] {
  const { from, to } = hop;
  if (from === undefined || to === undefined || from.traceId !== to.traceId) return [];
  const [left, arrived] = [leftOf(hop, "baggage"), arrivedOf(hop, "baggage")];
  if (left.state !== "captured" || arrived.state === "not captured") return [];
  const arrivedKeys = new Set(baggageKeys(evidence.captured.raw(to, "request", "baggage")));
  const lost = baggageKeys(evidence.captured.raw(from, "request", "baggage")).filter((key) => !arrivedKeys.has(key));
  if (lost.length === 0) return [];
  const { caller, callee } = namesOf(hop);
  const seen = lost.filter((key) => from.attributes[key] !== undefined && to.attributes[key] === undefined);
  const isSure = seen.length > 0 || arrived.state === "captured";
  return [
    finding({
      cause: "baggage-dropped",
      grade: isSure ? "certain" : "likely",
      spans: [to, from],
      symptom: `Baggage is missing at ${label(to)}: ${lost.join(", ")}.`,
      evidence: [
        `It left ${caller}, and ${arrived.state === "absent" ? "no baggage" : "the rest of the baggage"} arrived at ${callee}.`,
        ...seen.map((key) => `The attribute ${key} is on the span of ${caller} and not on that of ${callee}.`),
      ],
      next: isSure ? "" : `See whether ${callee} captures baggage at all: it captured other headers of this request.`,
    }),
  ];
}

/** It arrived at a service that puts it on its own spans, and that did not send it to the next. */
function notPassedOn(hop: Hop, { hops, captured, find }: Evidence): readonly Diagnosis[] {
  const { from, to } = hop;
  if (from === undefined || to === undefined || leftOf(hop, "traceparent").state !== "captured") return [];
  const server = serverAbove(from, find);
  const entry = server && hops.find((other) => other.to === server);
  if (server === undefined || entry === undefined) return [];
  const sent = new Set(baggageKeys(captured.raw(from, "request", "baggage")));
  const kept = baggageKeys(captured.raw(server, "request", "baggage")).filter(
    (key) => !sent.has(key) && server.attributes[key] !== undefined && to.attributes[key] === undefined,
  );
  if (kept.length === 0) return [];
  return [
    finding({
      cause: "baggage-dropped",
      grade: "likely",
      spans: [from, server, to],
      symptom: `Baggage is missing at ${label(to)}: ${kept.join(", ")}.`,
      evidence: [
        `It arrived at ${label(server)} and did not leave with ${label(from)}: ${from.service} did not pass it on.`,
      ],
      next: `See whether ${from.service} has an allow-list for outgoing baggage: then it is on purpose.`,
    }),
  ];
}

function serverAbove(span: Span, find: Evidence["find"]): Span | undefined {
  const seen = new Set<Span>();
  for (
    let above = find(span.traceId, span.parentId);
    above && !seen.has(above);
    above = find(above.traceId, above.parentId)
  ) {
    if (above.service !== span.service) return undefined;
    if (above.kind === "server" || above.kind === "consumer") return above;
    seen.add(above);
  }
  return undefined;
}

/** A private key left for a callee that has no span in any of these traces. */
export function findLeakedBaggage(evidence: Evidence): readonly Diagnosis[] {
  const ours = new Set(evidence.hops.filter(({ to }) => to !== undefined).map(({ from }) => from && addressOf(from)));
  return evidence.hops.flatMap((hop) => {
    const { from, to } = hop;
    if (from === undefined || to !== undefined || ours.has(addressOf(from))) return [];
    const leaked = baggageKeys(evidence.captured.raw(from, "request", "baggage")).filter(isPrivateKey);
    if (leaked.length === 0 || arrivedOf(hop, "traceresponse").state === "captured") return [];
    evidence.explained.add(from);
    return [
      finding({
        cause: "baggage-leak",
        grade: "likely",
        spans: [from],
        symptom: `${label(from)} told ${addressOf(from) ?? "its callee"} the baggage ${leaked.join(", ")}.`,
        evidence: [
          `By its name ${leaked.length === 1 ? "the key is" : "the keys are"} private.`,
          "The callee has no span in these traces and sent no traceresponse: it seems to be a stranger.",
        ],
        next: "See whether the callee is a service of your own that is not instrumented.",
      }),
    ];
  });
}

function addressOf({ attributes }: Span): string | undefined {
  const address = attributes["server.address"];
  return address === undefined ? undefined : [address, attributes["server.port"]].filter(Boolean).join(":");
}
