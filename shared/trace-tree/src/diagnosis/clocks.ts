/** Two processes whose clocks differ by more than a network could explain. */
import type { Diagnosis } from "../cause.ts";
import type { Hop } from "../wire-types.ts";
import { type Evidence, endOf, finding, label } from "./evidence.ts";

/** Clocks that are kept by NTP differ by a few milliseconds. */
const TOLERATED_MICROS = 50_000;

/** One finding for each pair of services. */
export function findClockSkew({ hops }: Evidence): readonly Diagnosis[] {
  const found = new Map<string, Diagnosis>();
  for (const hop of hops) {
    const skew = skewOf(hop);
    const { from, to } = hop;
    if (skew === undefined || from === undefined || to === undefined) continue;
    const pair = JSON.stringify([from.service, to.service]);
    if (found.has(pair)) continue;
    const ahead = skew > 0;
    const ms = Math.round(Math.abs(skew) / 1000);
    found.set(
      pair,
      finding({
        cause: "clock-skew",
        spans: [to, from],
        symptom: ahead
          ? `${label(to)} starts after ${label(from)}, its caller, has ended.`
          : `${label(to)} starts before ${label(from)}, its caller.`,
        evidence: [
          `${from.service} waited for the answer, so the call was inside its CLIENT span.`,
          `The clock of ${to.service} is about ${ms} ms ${ahead ? "ahead of" : "behind"} that of ${from.service}.`,
        ],
      }),
    );
  }
  return [...found.values()];
}

/** Microseconds by which the clock of the callee is ahead. `undefined` where it may be right. */
function skewOf({ from, to }: Hop): number | undefined {
  if (from?.kind !== "client" || to?.kind !== "server") return undefined;
  // A caller that gave up did not wait, and the callee may have begun later.
  const gaveUp = from.status === "error";
  const isLate = !gaveUp && to.startMicros > endOf(from) + TOLERATED_MICROS;
  const isEarly = to.startMicros < from.startMicros - TOLERATED_MICROS;
  if (!isLate && !isEarly) return undefined;
  return (to.startMicros + endOf(to) - from.startMicros - endOf(from)) / 2;
}
