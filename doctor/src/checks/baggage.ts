/** Baggage: passed on, bounded, decoded once, and what of it a stranger gets. Only the call-back shows it. */
import { clauses, findFaults } from "../cases/index.ts";
import { type Evidence, headerValues, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, capitalise, type Finding, resultOf } from "../finding.ts";
import { restoreCaseIds } from "../probe.ts";
import { remedyFor } from "../remedies.ts";
import { clauseRule, rules } from "../rules.ts";

const SENT = "baggage: baton.encoded=a%2520b%C3%A9,baton.private.key=secret";
/** Where these are found, a call has no headers from its own request. */
const CALLS_TELL_NOTHING = ["continues/mixed-up", "passes-on/no-header", "passes-on/copied"];
const MAX_QUOTED = 90;
const MAX_BYTES = 8192;
const MAX_MEMBERS = 64;

/** @param known As in `checkStrict`. */
export function checkBaggage(evidence: Evidence, known: ReadonlySet<string>): CheckResult {
  const own = ofPurpose(evidence, "baggage").filter(({ calls }) => calls.length > 0);
  if (own.length === 0) return resultOf("baggage", "no call of the service was seen", [notSeen(evidence)]);
  if (CALLS_TELL_NOTHING.some((id) => known.has(id))) {
    const came = "Calls that take no header from their request.";
    const remedy = "Mend first what is found of calls above.";
    return resultOf("baggage", "calls take no header from their request", [{ ...notSeen(evidence), came, remedy }]);
  }
  const members = own.flatMap(({ calls }) => calls.flatMap((call) => headerValues(call, "baggage"))).join(",");
  if (!members.includes("baton.")) return resultOf("baggage", "it is not passed on", [notPassedOn(evidence)]);
  const cases = ofPurpose(evidence, "case").filter(
    ({ probe, calls }) => probe.case?.id.startsWith("baggage") && calls.length > 0,
  );
  const findings = [
    ...wrongCoding(evidence, members),
    ...handedOut(members),
    ...unbounded(evidence, cases),
    ...wrongCases(evidence, cases),
  ];
  const right = cases.filter((each) => faultOf(each) === undefined).length;
  return resultOf("baggage", `passed on, ${right} of ${cases.length} cases right`, findings);
}

function notPassedOn({ service }: Evidence): Finding {
  return {
    id: "baggage/lost",
    level: "unusual",
    title: "Baggage is not passed on.",
    sent: SENT,
    came: "The call had no baggage of ours.",
    rule: rules.baggage,
    effect:
      "What a caller says of the whole request (a tenant, an experiment) does not reach the services behind this one.",
    remedy: remedyFor("baggage", service),
    examples: [],
  };
}

/** `%2520` is `%20` decoded once: it must go out as something that decodes to that. */
function wrongCoding({ service }: Evidence, members: string): readonly Finding[] {
  const [, value] = /baton\.encoded\s*=\s*([^,;]*)/.exec(members) ?? [];
  if (value === undefined || decode(value) === "a%20b\u00e9") return [];
  return [
    {
      id: "baggage/coding",
      level: "broken",
      title: "A value of the baggage changes on its way through the service.",
      sent: SENT,
      came: `baton.encoded=${value}`,
      rule: rules.baggageValue,
      effect: "Values are decoded or encoded twice. Each service that they pass changes them more.",
      remedy: remedyFor("propagator", service),
      examples: [],
    },
  ];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function handedOut(members: string): readonly Finding[] {
  if (!members.includes("baton.private.key")) return [];
  return [
    {
      id: "baggage/handed-out",
      level: "note",
      title: "Every key of the baggage goes to whomever the service calls.",
      sent: SENT,
      came: "The call-back, a stranger, got baton.private.key.",
      rule: rules.baggagePrivacy,
      effect: "What a caller puts there leaves your system with calls to third parties.",
      remedy: "Keep nothing private in baggage, or list the hosts or keys that may get it, where the SDK can.",
      examples: [],
    },
  ];
}

function unbounded({ service }: Evidence, cases: readonly Seen[]): readonly Finding[] {
  const tooLong = cases.filter(({ calls }) =>
    calls.some((call) => {
      const text = headerValues(call, "baggage").join(",");
      return text.length > MAX_BYTES && text.split(",").length > MAX_MEMBERS;
    }),
  );
  if (tooLong.length === 0) return [];
  return [
    {
      id: "baggage/unbounded",
      level: "unusual",
      title: "Baggage is passed on without a bound.",
      sent: `More than ${MAX_MEMBERS} members or ${MAX_BYTES} bytes.`,
      came: "All of it.",
      rule: rules.baggageLimits,
      effect: "A caller can make the service's own calls fail, because servers refuse headers that are too long.",
      remedy: remedyFor("propagator", service),
      examples: tooLong.map(({ probe }) => probe.case?.id ?? ""),
    },
  ];
}

/** `undefined` where what went out is right. Order, blanks and encoding may differ. */
function faultOf({ probe, calls }: Seen): string | undefined {
  const [each, call] = [probe.case, calls[0]];
  if (each === undefined || call === undefined) return undefined;
  if (findFaults(each, restoreCaseIds(probe, call.headers)).every(({ of }) => of !== "baggage")) return undefined;
  const sent = membersOf(headerValues(call, "baggage").join(","));
  const wanted = membersOf(each.expected.baggage ?? "");
  if (sent.size === wanted.size && [...wanted].every(([key, value]) => sent.get(key) === value)) return undefined;
  return `expected ${quote(each.expected.baggage)}, came ${quote(headerValues(call, "baggage").join(","))}`;
}

function quote(text: string | undefined): string {
  if (!text) return "none";
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}… (${text.length} characters)` : text;
}

/** Properties and encoding left out: who may set and read them is not settled between SDKs. */
function membersOf(text: string): ReadonlyMap<string, string> {
  const members = text.split(",").filter((member) => member.trim() !== "");
  return new Map(
    members.map((member) => {
      const [pair = ""] = member.split(";");
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals).trim(), decode(pair.slice(equals + 1).trim())] as const;
    }),
  );
}

function wrongCases({ service }: Evidence, cases: readonly Seen[]): readonly Finding[] {
  const wrong = cases.flatMap((seen) => {
    const fault = faultOf(seen);
    return seen.probe.case !== undefined && fault !== undefined ? [{ each: seen.probe.case, fault }] : [];
  });
  return [...Map.groupBy(wrong, ({ each }) => each.clause)].map(([clause, of]): Finding => {
    return {
      id: `baggage/${clause.replace(/^baggage/, "").toLowerCase()}`,
      level: "unusual",
      title: `${clauses[clause].section}: ${of.length === 1 ? "a baggage header is" : `${of.length} baggage headers are`} not passed on as the rule says.`,
      sent: `baggage: ${(of[0]?.each.headers.find(([name]) => name === "baggage")?.[1] ?? "").slice(0, 90)}`,
      came: capitalise(`${of[0]?.fault ?? ""}.`),
      rule: clauseRule(clause),
      effect: "Members of other services are lost, or what is not valid is sent on.",
      remedy: remedyFor("propagator", service),
      examples: of.map(({ each, fault }) => `${each.id}: ${fault}`),
    };
  });
}

function notSeen({ target }: Evidence): Finding {
  return {
    id: "baggage/not-seen",
    level: "not seen",
    title: "What becomes of baggage was not seen.",
    sent: target.hasCallback ? SENT : "Nothing.",
    came: "No call to the call-back.",
    rule: rules.baggage,
    effect: "Baggage may be lost, or may go to strangers.",
    remedy: "Examine an address that makes a call, with {callback} in URL, body or header.",
    examples: [],
  };
}
