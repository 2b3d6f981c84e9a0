/** Ends well: the spans of the last requests before SIGTERM still arrive. */
import { type Evidence, isAnswered } from "../evidence.ts";
import { type CheckResult, type Finding, resultOf } from "../finding.ts";
import { remedyFor } from "../remedies.ts";
import { rules } from "../rules.ts";

/** `undefined` where nobody gave the process id. */
export function checkEnding({ ending, hasSpans, service }: Evidence): CheckResult | undefined {
  if (ending === undefined) return undefined;
  const answered = ending.exchanges.filter(isAnswered).length;
  const lost = answered - ending.arrived;
  if (ending.problem !== undefined || !hasSpans || answered === 0) {
    return resultOf("ending", ending.problem ?? "no span came", [
      finding(service, {
        id: "ending/not-seen",
        level: "not seen",
        title: "Whether the last spans arrive was not seen.",
        came: `${ending.problem ?? "No span came at all"}.`,
      }),
    ]);
  }
  if (lost <= 0) return resultOf("ending", `all ${answered} spans arrived after SIGTERM`, []);
  return resultOf("ending", `${lost} of ${answered} spans never arrived`, [
    finding(service, {
      id: "ending/lost",
      level: "broken",
      title: "The last spans before SIGTERM are lost.",
      came: `${lost} of ${answered} SERVER spans never arrived.`,
    }),
  ]);
}

function finding(service: Evidence["service"], fields: Pick<Finding, "id" | "level" | "title" | "came">): Finding {
  return {
    sent: "Some requests, then SIGTERM.",
    rule: rules.shutdown,
    effect: "At each deployment the requests that ran last, often the interesting ones, are not seen.",
    remedy: remedyFor("shutdown", service),
    examples: [],
    ...fields,
  };
}
