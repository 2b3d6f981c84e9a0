/** Other formats: which the service reads and writes, and which wins when two disagree. */
import { type Evidence, headerValues, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, type Finding, resultOf } from "../finding.ts";
import { FORMATS } from "../formats.ts";
import { isTraceOf, otherTraceId } from "../probe.ts";
import { remedyFor } from "../remedies.ts";
import { rules } from "../rules.ts";
import { isContinued } from "./continues.ts";

export function checkFormats(evidence: Evidence): CheckResult {
  const alone = ofPurpose(evidence, "format").filter(({ entries, calls }) => entries.length + calls.length > 0);
  const w3c = ofPurpose(evidence, "sampled").some((each) => isContinued(each));
  const calls = evidence.seen.flatMap(({ calls }) => calls);
  if (alone.length === 0 && !w3c) return resultOf("formats", "no format was seen", [notSeen(evidence)]);
  const reads = alone.filter(isContinued).map(({ probe }) => probe.format ?? "");
  const writes = FORMATS.filter(({ header }) => calls.some((call) => headerValues(call, header).length > 0));
  const writesW3c = calls.some((call) => headerValues(call, "traceparent").length > 0);
  const readText = list([...(w3c ? ["W3C"] : []), ...reads]);
  const writeText =
    calls.length === 0 ? "" : `, writes ${list([...(writesW3c ? ["W3C"] : []), ...writes.map(({ name }) => name)])}`;
  return resultOf("formats", `reads ${readText}${writeText}`, [
    ...w3cLoses(evidence, reads),
    ...oneWay(
      evidence,
      reads,
      writes.map(({ name }) => name),
      calls.length > 0,
    ),
  ]);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

function traceOf({ entries, calls }: Seen): string {
  const [call] = calls;
  return entries[0]?.traceId ?? (call === undefined ? "" : (headerValues(call, "traceparent")[0]?.split("-")[1] ?? ""));
}

function w3cLoses(evidence: Evidence, reads: readonly string[]): readonly Finding[] {
  const losers = ofPurpose(evidence, "disagree").filter(
    (each) => reads.includes(each.probe.format ?? "") && isTraceOf(each.probe, traceOf(each)),
  );
  const wins = ofPurpose(evidence, "disagree").filter(
    (each) => traceOf(each) === otherTraceId(each.probe.identity.traceId),
  );
  if (losers.length === 0) return [];
  const names = losers.map(({ probe }) => probe.format ?? "");
  return [
    {
      id: "formats/w3c-loses",
      level: "unusual",
      title: `Where ${list(names)} and traceparent disagree, traceparent loses.`,
      sent: "Both headers, each with another trace id.",
      came: `The trace of ${list(names)} was continued${wins.length > 0 ? "" : ", in each case"}.`,
      rule: rules.propagators,
      effect: "A proxy that writes one format and leaves the other as it was splits traces.",
      remedy: "Name tracecontext last in OTEL_PROPAGATORS: the last one that finds a trace wins.",
      examples: [],
    },
  ];
}

function oneWay(
  { service }: Evidence,
  reads: readonly string[],
  writes: readonly string[],
  hasCalls: boolean,
): readonly Finding[] {
  const unlike = hasCalls ? writes.filter((name) => !reads.includes(name)) : [];
  if (unlike.length === 0) return [];
  return [
    {
      id: "formats/one-way",
      level: "unusual",
      title: `The service writes ${list(unlike)} and does not read it.`,
      sent: `Only a header of ${list(unlike)}.`,
      came: "A new trace.",
      rule: rules.propagators,
      effect: "Two such services in a row lose the trace where nothing else is sent.",
      remedy: remedyFor("propagator", service),
      examples: [],
    },
  ];
}

function notSeen({ service }: Evidence): Finding {
  return {
    id: "formats/not-seen",
    level: "not seen",
    title: "Which formats are read was not seen.",
    sent: "B3, Jaeger and X-Ray headers.",
    came: "No span and no call.",
    rule: rules.propagators,
    effect: "Callers that use another format may lose their trace.",
    remedy: remedyFor("export", service),
    examples: [],
  };
}
