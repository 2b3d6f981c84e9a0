/** Answers: one SERVER span for each request, however it ends, with the names and statuses of the conventions. */
import type { Span } from "@baton/trace-tree";
import { type Evidence, isAnswered, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, type Finding, resultOf } from "../finding.ts";
import type { Purpose } from "../probe.ts";
import { remedyFor } from "../remedies.ts";
import { rules } from "../rules.ts";

/** @param known As in `checkStrict`. */
export function checkAnswers(evidence: Evidence, known: ReadonlySet<string>): CheckResult {
  const all = evidence.seen.filter(({ entries }) => entries.length > 0);
  if (all.length === 0) return resultOf("answers", "no SERVER span came", [notSeen(evidence)]);
  const findings = [
    ...severalSpans(evidence, all),
    ...(known.has("sampling/sampled-not-recorded") ? [] : missingSpan(evidence)),
    ...(evidence.target.protocol === "http" ? httpFindings(evidence, all) : grpcFindings(evidence, all)),
    ...(known.has("continues/mixed-up") ? [] : wrongTraceResponse(evidence, all)),
  ];
  const statuses = [...new Set(all.flatMap(({ reply }) => reply.status ?? []))].sort((a, b) => a - b);
  return resultOf("answers", `SERVER spans for ${all.length} requests, of status ${statuses.join(", ")}`, findings);
}

function finding(fields: Omit<Finding, "sent" | "examples"> & Partial<Finding>): Finding {
  return { sent: "A request with a valid traceparent.", examples: [], ...fields };
}

function severalSpans({ service }: Evidence, all: readonly Seen[]): readonly Finding[] {
  const wrong = all.filter(({ entries }) => entries.length > 1);
  if (wrong.length === 0) return [];
  return [
    finding({
      id: "answers/several-spans",
      level: "broken",
      title: "One request makes more than one SERVER span.",
      came: `${wrong.length} requests have several: ${wrong[0]?.entries.map(({ name }) => name).join(", ")}.`,
      rule: rules.httpServerSpan,
      effect: "Rates, error rates and durations of this service count requests twice.",
      remedy: remedyFor("double", service),
      examples: wrong.map(({ entries }) => entries[0]?.traceId ?? ""),
    }),
  ];
}

/** Only where others came: otherwise nothing is seen at all. */
function missingSpan(evidence: Evidence): readonly Finding[] {
  const { service } = evidence;
  const sampled = ofPurpose(evidence, "unknown-path", "leave", "chunked", "redirect", "failing-call");
  const missing = sampled.filter(
    ({ entries, probe, reply }) => entries.length === 0 && (probe.purpose === "leave" || reply.status !== undefined),
  );
  return [...Map.groupBy(missing, ({ probe }) => probe.purpose)].map(([purpose, of]) => {
    const isLeave = purpose === "leave";
    return finding({
      id: `answers/no-span-${purpose}`,
      level: purpose === "unknown-path" ? "unusual" : "broken",
      title: `There is no SERVER span for ${MISSING_OF[purpose] ?? "some requests"}.`,
      came: `${of.length} of ${sampled.filter(({ probe }) => probe.purpose === purpose).length} have none, although other requests have one.`,
      rule: isLeave ? rules.spanEnd : rules.httpServerSpan,
      effect: isLeave
        ? "Requests that people give up on, often the slow ones, are not seen."
        : "These requests are not seen in traces or in rates.",
      remedy: remedyFor(isLeave ? "context" : "continue", service),
      examples: of.map(({ probe }) => probe.identity.traceId),
    });
  });
}

const MISSING_OF: Readonly<Partial<Record<Purpose, string>>> = {
  "unknown-path": "a path that is not there",
  leave: "a client that leaves",
  chunked: "a body that is sent in pieces",
};

const OLD_NAMES = {
  "http.method": "http.request.method",
  "http.status_code": "http.response.status_code",
  "http.target": "url.path",
};

function httpFindings({ service }: Evidence, all: readonly Seen[]): readonly Finding[] {
  const first = all.find(isAnswered)?.entries[0];
  if (first === undefined) return [];
  const old = Object.entries(OLD_NAMES).filter(([name, now]) => name in first.attributes && !(now in first.attributes));
  const missing = ["http.request.method", "url.path", "url.scheme"].filter((name) => !(name in first.attributes));
  return [
    ...(old.length > 0
      ? [
          finding({
            id: "answers/old-names",
            level: "unusual",
            title: "The attributes have the names of before 2023.",
            came: old.map(([name, now]) => `${name} instead of ${now}`).join(", "),
            rule: rules.httpServerSpan,
            effect: "Dashboards and alerts that are made for the stable names show nothing.",
            remedy: remedyFor("conventions", service),
          }),
        ]
      : missing.length > 0
        ? [
            finding({
              id: "answers/attributes",
              level: "unusual",
              title: "The SERVER span lacks required attributes.",
              came: `Missing: ${missing.join(", ")}.`,
              rule: rules.httpServerSpan,
              effect: "Dashboards that are made for the conventions show nothing.",
              remedy: remedyFor("conventions", service),
            }),
          ]
        : []),
    ...wrongStatus(service, all),
    ...wrongName(service, all),
  ];
}

function wrongStatus(service: Evidence["service"], all: readonly Seen[]): readonly Finding[] {
  const statusOf = ({ attributes }: Span) => attributes["http.response.status_code"] ?? attributes["http.status_code"];
  // Who leaves in the middle of an answer may make it an error.
  const answered = all.filter((each) => isAnswered(each) && each.reply.problem === undefined);
  const otherCode = answered.filter(
    ({ reply, entries: [entry] }) => entry && Number(statusOf(entry) ?? Number.NaN) !== reply.status,
  );
  const wrong = answered.filter(({ reply, entries: [entry] }) => {
    const isServerError = (reply.status ?? 0) >= 500;
    return entry !== undefined && isServerError !== (entry.status === "error");
  });
  return [
    ...(otherCode.length === 0
      ? []
      : [
          finding({
            id: "answers/status-code",
            level: "broken",
            title: "The span has another HTTP status than the answer.",
            came: `The answer was ${otherCode[0]?.reply.status}, the span says ${otherCode[0]?.entries[0] ? (statusOf(otherCode[0].entries[0]) ?? "nothing") : ""}. ${otherCode.length} of ${answered.length} requests.`,
            rule: rules.httpServerSpan,
            effect: "Error rates are wrong.",
            remedy: remedyFor("conventions", service),
            examples: otherCode.map(({ entries }) => entries[0]?.traceId ?? ""),
          }),
        ]),
    ...(wrong.length === 0
      ? []
      : [
          finding({
            id: "answers/status",
            level: "broken",
            title: "The span status does not fit the HTTP status.",
            came: `The answer was ${wrong[0]?.reply.status}, the span status is ${wrong[0]?.entries[0]?.status}. ${wrong.length} of ${answered.length} requests.`,
            rule: rules.httpStatus,
            effect: "A SERVER span is an error for 5xx and only for that. Otherwise error rates and alerts are wrong.",
            remedy: remedyFor("conventions", service),
            examples: wrong.map(({ reply, entries }) => `${reply.status}: ${entries[0]?.traceId ?? ""}`),
          }),
        ]),
  ];
}

/** A path in a name makes as many names as there are paths. */
function wrongName(service: Evidence["service"], all: readonly Seen[]): readonly Finding[] {
  const wrong = all.filter(
    ({ probe, entries }) =>
      probe.purpose === "unknown-path" && entries.some(({ name }) => name.includes("no-such-path")),
  );
  if (wrong.length === 0) return [];
  return [
    finding({
      id: "answers/name",
      level: "unusual",
      title: "The name of the span has the path in it, not the route.",
      sent: "GET /baton-doctor/no-such-path",
      came: `The span is called ${wrong[0]?.entries[0]?.name}.`,
      rule: rules.httpName,
      effect: "Each path makes a name of its own. Lists of operations grow without end, and backends charge for it.",
      remedy: remedyFor("conventions", service),
    }),
  ];
}

function grpcFindings({ service }: Evidence, all: readonly Seen[]): readonly Finding[] {
  const first = all.find(({ probe, entries }) => probe.purpose === "sampled" && entries.length > 0)?.entries[0];
  if (first === undefined) return [];
  const has = (...names: readonly string[]) => names.some((name) => name in first.attributes);
  const missing = [
    ...(has("rpc.system", "rpc.system.name") ? [] : ["rpc.system.name"]),
    ...(has("rpc.method") ? [] : ["rpc.method"]),
    // The name has changed twice.
    ...(has("rpc.status_code", "rpc.response.status_code", "rpc.grpc.status_code") ? [] : ["rpc.status_code"]),
  ];
  if (missing.length === 0) return [];
  return [
    finding({
      id: "answers/attributes",
      level: "unusual",
      title: "The SERVER span lacks required attributes.",
      came: `Missing: ${missing.join(", ")}.`,
      rule: rules.rpcSpan,
      effect: "Dashboards that are made for the conventions show nothing.",
      remedy: remedyFor("conventions", service),
    }),
  ];
}

/** The header is not everywhere; where it is, it must be true. */
function wrongTraceResponse({ service }: Evidence, all: readonly Seen[]): readonly Finding[] {
  const wrong = all.filter(({ reply, entries }) => {
    const value = reply.headers.find(([name]) => name.toLowerCase() === "traceresponse")?.[1];
    return value !== undefined && value.split("-")[1] !== entries[0]?.traceId;
  });
  if (wrong.length === 0) return [];
  return [
    finding({
      id: "answers/traceresponse",
      level: "broken",
      title: "The traceresponse header names another trace than the span's.",
      came: `${wrong.length} answers do.`,
      rule: rules.traceResponse,
      effect: "Who looks for the trace of an answer finds another one, or none.",
      remedy: remedyFor("context", service),
    }),
  ];
}

function notSeen({ service }: Evidence): Finding {
  return finding({
    id: "answers/not-seen",
    level: "not seen",
    title: "The spans of this service were not seen.",
    came: "No SERVER span.",
    rule: rules.exporter,
    effect: "Nothing can be said of names, kinds and statuses.",
    remedy: remedyFor("export", service),
  });
}
