import { describe, expect, test } from "bun:test";
import { diagnose } from "./diagnosis.ts";
import {
  ids,
  requestHeaders,
  responseHeaders,
  type SampleCall,
  sampleCall,
  sampleSpan,
  sent,
  traceA,
  traceB,
  tracesOf,
} from "./testing/sample-call.ts";
import type { Span } from "./trace.ts";

const wire = requestHeaders({ traceparent: sent });
const emptyWire = requestHeaders({ "grpc-timeout": "1S" });
/** Other propagation headers arrived, so traceparent is known to be absent. */
const onlyBaggage = requestHeaders({ baggage: "a=1" });
const answeredBy = (traceId: string, flags = "03") =>
  responseHeaders({ traceresponse: `00-${traceId}-${ids.served}-${flags}` });

const summaryOf = (call: SampleCall) => diagnose(sampleCall(call)).map(({ cause, grade }) => `${cause} ${grade}`);

describe("a call whose callee began a new trace", () => {
  const rows: readonly (readonly [string, SampleCall, string])[] = [
    ["it did not leave", { left: emptyWire, arrived: onlyBaggage }, "not-injected"],
    ["it did not leave, and what arrived is not known", { left: emptyWire }, "not-injected"],
    ["it left and did not arrive", { left: wire, arrived: onlyBaggage }, "header-dropped"],
    ["it arrived and was not read", { left: wire, arrived: wire }, "not-extracted"],
    ["it arrived, and what left is not known", { arrived: wire }, "not-extracted"],
    ["b3 arrived in its place", { arrived: requestHeaders({ b3: `${traceA}-${ids.call}-1` }) }, "format-mismatch"],
    ["b3 left in its place", { left: requestHeaders({ b3: `${traceA}-${ids.call}-1` }) }, "format-mismatch"],
    ["it arrived malformed", { arrived: requestHeaders({ traceparent: sent.toUpperCase() }) }, "malformed-header"],
    ["it left malformed", { left: requestHeaders({ traceparent: "00-1-2-3" }) }, "malformed-header"],
  ];
  test.each(rows)("%s", (_, call, cause) => {
    const left = { ...call.left, ...answeredBy(traceB) };
    const [finding, ...more] = diagnose(sampleCall({ ...call, left, isNewTrace: true }));
    expect([finding?.cause, finding?.grade, more]).toEqual([cause as never, "certain", []]);
  });

  test("is likely only, where nothing but the time joins the two", () => {
    expect(summaryOf({ left: emptyWire, isNewTrace: true })).toEqual(["not-injected likely"]);
  });

  test("is open where the wire is not known, and says what would tell", () => {
    const [finding] = diagnose(sampleCall({ isNewTrace: true }));
    expect(finding).toMatchObject({ cause: "new-trace-unknown", grade: "open" });
    expect(finding?.likelyCauses).toEqual(["not-injected", "header-dropped", "not-extracted", "format-mismatch"]);
    expect(finding?.next).toContain("Capture traceparent");
    const [half] = diagnose(sampleCall({ left: wire, isNewTrace: true }));
    expect(half?.likelyCauses).toEqual(["not-extracted", "header-dropped"]);
    const [other] = diagnose(sampleCall({ arrived: onlyBaggage, isNewTrace: true }));
    expect(other?.likelyCauses).toEqual(["not-injected", "header-dropped"]);
  });

  test("is no fault where the callee links to its caller: it restarts traces on purpose", () => {
    const served = { links: [{ traceId: traceA, spanId: ids.call }] };
    expect(summaryOf({ left: wire, arrived: wire, isNewTrace: true, served })).toEqual([]);
  });

  test("says whether a malformed header left so or became so", () => {
    const arrived = requestHeaders({ traceparent: sent.slice(0, 40) });
    const [between] = diagnose(sampleCall({ left: wire, arrived, isNewTrace: true }));
    expect(between?.evidence.join(" ")).toContain("something between the two changed it");
    const [caller] = diagnose(sampleCall({ left: arrived, arrived, isNewTrace: true }));
    expect(caller?.evidence.join(" ")).toContain("It left front like that.");
  });
});

describe("a call that was answered and has no SERVER span", () => {
  test.each([
    ["recorded", answeredBy(traceA), "export-failed likely"],
    ["not recorded, random flag gone", answeredBy(traceA, "00"), "sampled-flag-lost likely"],
    ["not recorded, random flag there", answeredBy(traceA, "02"), "sampler-ignores-parent likely"],
  ])("%s", (_, answer, expected) => {
    expect(summaryOf({ left: { ...wire, ...answer }, isServed: false })).toEqual([expected]);
  });

  test("without the random flag two causes look the same", () => {
    const left = { ...requestHeaders({ traceparent: sent.replace(/03$/, "01") }), ...answeredBy(traceA, "00") };
    const [finding] = diagnose(sampleCall({ left, isServed: false }));
    expect(finding?.likelyCauses).toEqual(["sampled-flag-lost", "sampler-ignores-parent"]);
    expect(finding?.cause).toBe("missing-callee-unknown");
  });

  test("is no fault where nothing says that the callee sends spans", () => {
    expect(summaryOf({ left: wire, isServed: false })).toEqual([]);
  });

  test("is open where the callee has a span for another call", () => {
    const at = { "server.address": "back", "server.port": 1 };
    const healthy = sampleCall({ left: at }).flatMap(({ spans }) => spans);
    const lost = sampleSpan({
      ...(healthy[1] as Span),
      spanId: "5".repeat(16),
    });
    expect(diagnose(tracesOf([...healthy, lost])).map(({ cause }) => cause)).toEqual(["missing-callee-unknown"]);
    const failed = { ...lost, attributes: { ...lost.attributes, "rpc.status_code": "UNAVAILABLE" } };
    expect(diagnose(tracesOf([...healthy, failed]))).toEqual([]);
  });
});

describe("a wrong parent", () => {
  const served = { parentId: ids.entry };
  test.each([
    ["the callee took another", { left: wire, arrived: wire }, "certain", "back took another parent"],
    [
      "the caller sent another",
      { left: requestHeaders({ traceparent: sent.replace(ids.call, ids.entry) }), arrived: {} },
      "certain",
      "not its CLIENT span",
    ],
    ["nobody knows", {}, "likely", "not both captured"],
  ])("%s", (_, call, grade, words) => {
    const [finding, ...more] = diagnose(sampleCall({ ...call, served }));
    expect([finding?.cause, finding?.grade, more]).toEqual(["wrong-parent", grade as never, []]);
    expect(finding?.evidence.join(" ")).toContain(words);
  });

  test("that nobody has is something silent between the two where the id changed on the way", () => {
    const other = "6".repeat(16);
    const arrived = requestHeaders({ traceparent: sent.replace(ids.call, other) });
    const call = { left: wire, arrived, served: { parentId: other } };
    expect(summaryOf(call)).toEqual(["silent-intermediary certain"]);
    const [open] = diagnose(sampleCall({ served: { parentId: other } }));
    expect(open).toMatchObject({ cause: "missing-parent-unknown", grade: "open" });
    expect(open?.likelyCauses[0]).toBe("silent-intermediary");
  });
});

test("a missing parent of the first service is not that of a service below it", () => {
  const spans = sampleCall({}).flatMap((trace) => trace.spans);
  const [entry, ...below] = spans;
  if (entry === undefined) throw new Error("no span");
  const around = below.map((span) => ({ ...span, startMicros: -1000, durationMicros: 20_000 }));
  const [finding] = diagnose(tracesOf([{ ...entry, parentId: "9".repeat(16) }, ...around]));
  expect(finding?.cause).toBe("missing-parent-unknown");
  expect(finding?.spans.map(({ spanId }) => spanId)).toEqual([ids.entry]);
  expect(finding?.likelyCauses[0]).toBe("export-failed");
});

describe("a missing span of the same service", () => {
  const work = sampleSpan({
    spanId: ids.work,
    parentId: "7".repeat(16),
    kind: "internal",
    service: "back",
    startMicros: 3000,
  });
  const spansWith = (call: SampleCall, span: Span) =>
    tracesOf([...sampleCall(call).flatMap(({ spans }) => spans), span]);

  test("was never ended, most likely, where others of the request arrived", () => {
    expect(diagnose(spansWith({}, work)).map(({ cause, grade }) => [cause, grade])).toEqual([
      ["span-never-ended", "likely"],
    ]);
  });

  test("was not sampled where the answer says so", () => {
    const orphan = { ...work, parentId: ids.served };
    const call = { left: { ...wire, ...answeredBy(traceA, "02") }, isServed: false };
    expect(diagnose(spansWith(call, orphan)).map(({ cause, grade }) => [cause, grade])).toEqual([
      ["sampler-ignores-parent", "certain"],
    ]);
  });

  test("is open where only its brother arrived", () => {
    const brother = { ...work, spanId: "8".repeat(16), durationMicros: 3000 };
    const [finding, ...more] = diagnose(tracesOf([work, brother]));
    expect([finding?.cause, more]).toEqual(["missing-parent-unknown", []]);
  });

  test("is open where nothing else of the service is there", () => {
    const [finding] = diagnose(spansWith({ isServed: false }, work));
    expect(finding).toMatchObject({ cause: "missing-parent-unknown", grade: "open" });
  });
});

describe("healthy traces have no finding", () => {
  test("with and without captured headers", () => {
    expect(summaryOf({})).toEqual([]);
    expect(summaryOf({ left: { ...wire, ...answeredBy(traceA) }, arrived: wire })).toEqual([]);
    expect(diagnose([])).toEqual([]);
    expect(diagnose([{ traceId: traceA, spans: [] }])).toEqual([]);
  });

  test("with work that goes on after the answer", () => {
    const late = sampleSpan({
      spanId: ids.work,
      parentId: ids.entry,
      kind: "client",
      service: "front",
      startMicros: 20_000,
    });
    expect(diagnose(tracesOf([...sampleCall({}).flatMap(({ spans }) => spans), late]))).toEqual([]);
  });

  test("and a circle of parents does not keep it from ending", () => {
    const span = (spanId: string, parentId: string) =>
      sampleSpan({ spanId, parentId, kind: "client", service: "front" });
    expect(diagnose(tracesOf([span("1", "2"), span("2", "1")]))).toBeArray();
  });
});

test("two faults at once are two findings, the surest first", () => {
  const served = { startMicros: 2_000_000 };
  const left = { ...requestHeaders({ traceparent: sent, baggage: "x=1" }), ...answeredBy(traceA) };
  expect(summaryOf({ left, arrived: wire, served })).toEqual(["clock-skew certain", "baggage-dropped likely"]);
});
