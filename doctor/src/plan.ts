/** Which probes are sent, the most telling first: where the time ends early, the last ones are left out. */
import { type ConformanceCase, canBeSentOverGrpc, cases } from "./cases/index.ts";
import { FORMATS } from "./formats.ts";
import { createCaseProbe, createProbe, otherTraceId, type Probe, type Purpose, traceparentOf } from "./probe.ts";
import type { Target } from "./target.ts";

export interface Step {
  /** For the progress line. */
  readonly title: string;
  readonly probes: readonly Probe[];
  /** Whether each waits for the answer to the one before, or all are sent at once. @default A few at once. */
  readonly order?: "alone" | "together";
}

/** How many requests are sent without any header, to see which share is recorded. */
const NOTHING_SENT = 30;
const PARALLEL = 10;
/** A fault that only every second request has is seen twice. */
const ALONE = 4;

export function planSteps(target: Target): readonly Step[] {
  const http = target.protocol === "http";
  return [
    // One after the other: so the time tells which spans are of one request where a trace is lost behind the service.
    {
      ...step("a trace of ours", [...Array.from({ length: ALONE }, () => sampled("sampled")), unsampled()]),
      order: "alone",
    },
    {
      ...step(
        "ten at once",
        Array.from({ length: PARALLEL }, () => sampled("parallel")),
      ),
      order: "together",
    },
    ...(target.hasCallback ? [step("calls that the service makes", callProbes())] : []),
    step("answers", [
      // gRPC libraries answer an unknown method before any instrumentation sees it.
      ...(http ? [sampled("unknown-path", { variant: "unknown-path" })] : []),
      sampled("leave", { variant: "leave" }),
      ...(http && target.body !== "" ? [sampled("chunked", { variant: "chunked" })] : []),
    ]),
    step("other formats", formatProbes()),
    step(
      "no header",
      Array.from({ length: NOTHING_SENT }, () => createProbe("nothing", () => [])),
    ),
    step("traceparent", casesOf(target, /^(traceparent|nothing|flags)/)),
    step("tracestate", casesOf(target, /^tracestate/)),
    // What becomes of baggage is seen at the call-back only.
    ...(target.hasCallback ? [step("baggage", casesOf(target, /^baggage/))] : []),
  ];
}

/** Sent last, before SIGTERM. */
export function endingProbes(): readonly Probe[] {
  return Array.from({ length: 5 }, () => sampled("ending"));
}

export function sampled(purpose: Purpose, extras?: Parameters<typeof createProbe>[2]): Probe {
  return createProbe(purpose, (identity) => [traceparentOf(identity), ["tracestate", "baton=1,other=2"]], extras);
}

function unsampled(): Probe {
  return createProbe("unsampled", (identity) => [traceparentOf(identity, "00"), ["tracestate", "baton=1,other=2"]]);
}

function callProbes(): readonly Probe[] {
  return [
    sampled("redirect", { callback: "redirect" }),
    sampled("retry", { callback: "retry" }),
    sampled("failing-call", { callback: "fail" }),
    createProbe("baggage", (identity) => [
      traceparentOf(identity),
      ["baggage", "baton.encoded=a%2520b%C3%A9,baton.private.key=secret"],
    ]),
  ];
}

function formatProbes(): readonly Probe[] {
  return FORMATS.flatMap(({ name, write }) => [
    createProbe("format", write, { format: name }),
    // The format says our id, traceparent says another.
    createProbe(
      "disagree",
      (identity) => [
        traceparentOf({ traceId: otherTraceId(identity.traceId), parentId: identity.parentId }),
        ...write(identity),
      ],
      { format: name },
    ),
  ]);
}

function casesOf({ protocol }: Target, ids: RegExp): readonly Probe[] {
  const possible = (each: ConformanceCase) => protocol === "http" || canBeSentOverGrpc(each.headers);
  return cases.filter((each) => !each.isOpen && ids.test(each.id) && possible(each)).map(createCaseProbe);
}

function step(title: string, probes: readonly Probe[]): Step {
  return { title, probes };
}
