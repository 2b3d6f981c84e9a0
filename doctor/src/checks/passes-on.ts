/** Passes on: what the service calls is in our trace, under the CLIENT span of the call. */
import type { Span } from "@baton/trace-tree";
import type { ReceivedCall } from "../callback-server.ts";
import { type Evidence, headerValues, ofPurpose, type Seen } from "../evidence.ts";
import { type CheckResult, type Finding, resultOf } from "../finding.ts";
import { isTraceOf } from "../probe.ts";
import { remedyFor, type Topic } from "../remedies.ts";
import { rules } from "../rules.ts";
import { judgeHops } from "./hops.ts";

interface Called extends Seen {
  readonly call: ReceivedCall;
  readonly parent: TraceParent | undefined;
}

interface TraceParent {
  readonly traceId: string;
  readonly parentId: string;
  readonly flags: string;
}

export function checkPassesOn(evidence: Evidence): CheckResult {
  const seen = ofPurpose(evidence, "sampled", "unsampled", "parallel", "redirect", "retry", "failing-call");
  const hops = judgeHops(evidence, seen);
  const called = seen.flatMap((each) => each.calls.map((call): Called => ({ ...each, call, parent: parentOf(call) })));
  if (called.length > 0) {
    const inOtherTrace = otherTrace(evidence, called);
    const findings = [
      ...missing(evidence, called),
      ...sentTwice(evidence, called),
      ...inOtherTrace,
      ...wrongParent(evidence, called),
      ...wrongFlags(evidence, called),
      // Its spans show the same once more.
      ...hops.filter(({ id }) => inOtherTrace.length === 0 || id !== "passes-on/context-lost"),
    ];
    return resultOf("passes-on", `${called.length} calls came to the call-back`, findings);
  }
  const path = seen
    .map(({ tree }) => tree && servicesOf(tree.trace.spans))
    .find((services) => (services?.length ?? 0) > 1);
  if (path !== undefined) return resultOf("passes-on", `seen in the spans of ${path.join(" and ")}`, hops);
  if (hops.length > 0) return resultOf("passes-on", "seen in the spans of the service and of what it calls", hops);
  return resultOf("passes-on", "no call of the service was seen", [notSeen(evidence)]);
}

function parentOf(call: ReceivedCall): TraceParent | undefined {
  const [value = ""] = headerValues(call, "traceparent");
  const [, traceId, parentId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(value) ?? [];
  return traceId && parentId && flags ? { traceId, parentId, flags } : undefined;
}

type Told = Pick<Finding, "id" | "title" | "came" | "effect"> & { readonly topic: Topic };

function found(
  { service }: Evidence,
  wrong: readonly Called[],
  { topic, ...told }: Told,
  more: Partial<Finding> = {},
): readonly Finding[] {
  if (wrong.length === 0) return [];
  return [
    {
      level: "broken",
      sent: "A valid traceparent, and the address of the call-back.",
      rule: rules.propagators,
      remedy: remedyFor(topic, service),
      examples: wrong.map(
        ({ call }) => headerValues(call, "traceparent").join(" and ") || `no traceparent: ${call.path}`,
      ),
      ...told,
      ...more,
    },
  ];
}

function missing(evidence: Evidence, called: readonly Called[]): readonly Finding[] {
  const wrong = called.filter(({ parent }) => parent === undefined);
  const after = (path: RegExp) => wrong.filter(({ call }) => path.test(call.path));
  const landed = after(/^\/landed\//);
  if (landed.length === wrong.length) {
    return found(evidence, landed, {
      id: "passes-on/redirect",
      title: "After a redirect the call goes on without a trace.",
      came: "The first request had a traceparent, the one after the redirect had none.",
      effect: "What happens behind a redirect is in another trace.",
      topic: "inject",
    });
  }
  return found(evidence, wrong, {
    id: "passes-on/no-header",
    title: "The service calls others without a traceparent.",
    came: `${wrong.length} of ${called.length} calls had no valid traceparent.`,
    effect: "Each service behind this one starts a trace of its own. The trace ends here.",
    topic: "inject",
  });
}

function sentTwice(evidence: Evidence, called: readonly Called[]): readonly Finding[] {
  const wrong = called.filter(({ call }) => headerValues(call, "traceparent").length > 1);
  return found(evidence, wrong, {
    id: "passes-on/twice",
    title: "The call has more than one traceparent.",
    came: `${wrong.length} calls had several.`,
    effect: "The receiver must ignore all of them and start a new trace.",
    topic: "double",
  });
}

function otherTrace(evidence: Evidence, called: readonly Called[]): readonly Finding[] {
  const wrong = called.filter(({ parent, probe, entries }) => {
    if (parent === undefined || isTraceOf(probe, parent.traceId)) return false;
    // The trace of another request is told as such by "Continues".
    if (evidence.seen.some((other) => isTraceOf(other.probe, parent.traceId))) return false;
    return entries[0] !== undefined && entries[0].traceId !== parent.traceId;
  });
  return found(evidence, wrong, {
    id: "passes-on/other-trace",
    title: "The call is in another trace than the request that caused it.",
    came: `${wrong.length} of ${called.length} calls had the id of another trace.`,
    effect: "The request and what it caused are two traces.",
    topic: "context",
  });
}

function wrongParent(evidence: Evidence, called: readonly Called[]): readonly Finding[] {
  const sampled = called.filter(({ parent, probe }) => parent !== undefined && probe.purpose !== "unsampled");
  const copied = called.filter(({ parent, probe }) => parent?.parentId === probe.identity.parentId);
  const spanOf = (each: Called | undefined) =>
    each?.tree?.trace.spans.find(({ spanId }) => spanId === each.parent?.parentId);
  const known = sampled.filter((each) => !copied.includes(each) && each.entries.length > 0);
  const underOther = known.filter((each) => isNot(spanOf(each), "client"));
  const hasClient = ({ tree }: Called) => tree?.trace.spans.some(({ kind }) => kind === "client") === true;
  const [pastClient, withoutClient] = [underOther.filter(hasClient), underOther.filter((each) => !hasClient(each))];
  const unknown = known.filter(
    (each) => spanOf(each) === undefined && isTraceOf(each.probe, each.parent?.traceId ?? ""),
  );
  return [
    ...found(evidence, copied, {
      id: "passes-on/copied",
      title: "The service sends the caller's traceparent on as it came.",
      came: `${copied.length} calls name our span as their parent.`,
      effect: "The service itself is missing between its caller and what it calls: nobody sees who called.",
      topic: "client span",
    }),
    ...found(
      evidence,
      pastClient,
      {
        id: "passes-on/past-client-span",
        title: "The header of the call names the span above the CLIENT span.",
        came: `${pastClient.length} of ${known.length} calls have a CLIENT span that is not their parent.`,
        effect: "The called service stands beside the call and not below it: its time is counted twice.",
        topic: "client span",
      },
      { rule: rules.httpClientSpan },
    ),
    ...found(
      evidence,
      withoutClient,
      {
        id: "passes-on/no-client-span",
        title: `The parent of the call is ${kindOf(spanOf(withoutClient[0]))}, not a CLIENT span.`,
        came: `${withoutClient.length} of ${known.length} calls have no CLIENT span of their own.`,
        effect: "The time on the network and failed calls are not seen, and service maps lack the connection.",
        topic: "client span",
      },
      // The trace is whole.
      { rule: rules.httpClientSpan, level: "unusual" },
    ),
    ...found(
      evidence,
      unknown,
      {
        id: "passes-on/parent-lost",
        title: "The parent of the call is a span that never arrived.",
        came: `${unknown.length} calls name a span that the service did not export.`,
        effect: "The spans of the called service are orphans.",
        topic: "shutdown",
      },
      { rule: rules.spanEnd },
    ),
  ];
}

function kindOf(span: Span | undefined): string {
  const kind = span?.kind.toUpperCase() ?? "";
  return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind} span`;
}

function isNot(span: Span | undefined, kind: Span["kind"]): boolean {
  return span !== undefined && span.kind !== kind;
}

function wrongFlags(evidence: Evidence, called: readonly Called[]): readonly Finding[] {
  const ours = called.filter(({ parent, probe }) => parent !== undefined && isTraceOf(probe, parent.traceId));
  const wrong = ours.filter(({ parent, probe }) => {
    const isSampled = (Number.parseInt(parent?.flags ?? "0", 16) & 1) === 1;
    return isSampled !== (probe.purpose !== "unsampled");
  });
  return found(
    evidence,
    wrong,
    {
      id: "passes-on/flags",
      title: "The sampled flag changes on its way through the service.",
      came: `${wrong.length} of ${ours.length} calls had another sampled flag than we sent.`,
      effect: "Parts of a trace are recorded and parts are not: traces have holes, or cost more than planned.",
      topic: "sampler",
    },
    { rule: rules.sampledFlag },
  );
}

function notSeen({ target, service }: Evidence): Finding {
  return {
    id: "passes-on/not-seen",
    level: "not seen",
    title: "Whether the trace goes on was not seen.",
    sent: target.hasCallback ? "A valid traceparent, and the address of the call-back." : "A valid traceparent.",
    came: "No call to the call-back, and no span of another service.",
    rule: rules.propagators,
    effect: "The service may lose the trace in what it calls.",
    remedy: target.hasCallback
      ? "Put {callback} where the service takes an address that it calls, and check that it can reach this machine."
      : `Examine an address that makes a call, with {callback} in URL, body or header, as in /proxy?url={callback}. ${remedyFor("inject", service)}`,
    examples: [],
  };
}

function servicesOf(spans: readonly Span[]): readonly string[] {
  return [...new Set(spans.map(({ service }) => service))];
}
