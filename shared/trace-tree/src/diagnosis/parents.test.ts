import { describe, expect, test } from "bun:test";
import { diagnose } from "../diagnosis.ts";
import {
  ids,
  requestHeaders,
  responseHeaders,
  type SampleCall,
  sampleCall,
  sent,
  traceA,
  traceB,
  tracesOf,
} from "../testing/sample-call.ts";

const wire = requestHeaders({ traceparent: sent });
const summaryOf = (call: SampleCall) => diagnose(sampleCall(call)).map(({ cause, grade }) => `${cause} ${grade}`);

describe("a trace id that is another one where it arrives", () => {
  const callWith = (traceparent: string) => {
    const parts = traceparent.split("-");
    const traceId = parts[1] ?? "";
    const answer = responseHeaders({ traceresponse: `00-${traceId}-${ids.served}-03` });
    const served = { traceId, parentId: parts[2] ?? "" };
    return { left: { ...wire, ...answer }, arrived: requestHeaders({ traceparent }), served };
  };
  const cut = traceA.slice(16).padStart(32, "0");

  test.each([
    ["its upper half was cut", sent.replace(traceA, cut), "trace-id-altered certain", "64 bits"],
    [
      "its upper half was cut by what takes part",
      `00-${cut}-${"6".repeat(16)}-03`,
      "trace-id-altered certain",
      "64 bits",
    ],
    ["it was rewritten", sent.replace(traceA, traceB), "trace-id-altered certain", "no other request's header"],
    ["a new trace was begun on the way", `00-${traceB}-${"6".repeat(16)}-03`, "silent-intermediary certain", ""],
  ])("%s", (_, traceparent, expected, words) => {
    const call = callWith(traceparent);
    expect(summaryOf(call)).toEqual([expected]);
    expect(diagnose(sampleCall(call))[0]?.evidence.join(" ")).toContain(words);
  });
});

describe("two calls of one service", () => {
  const otherId = (id: string) => id.replaceAll(/\d/g, (digit) => String(Number(digit) + 4));
  /** The spans of another request, with ids of its own. */
  const otherRequest = (call: SampleCall) =>
    sampleCall(call)
      .flatMap(({ spans }) => spans)
      .map(({ parentId, ...span }) => ({
        ...span,
        traceId: traceB,
        spanId: otherId(span.spanId),
        ...(parentId !== undefined && { parentId: otherId(parentId) }),
        startMicros: span.startMicros + 1e6,
      }));
  const answeredWith = (traceId: string, spanId: string) =>
    responseHeaders({ traceresponse: `00-${traceId}-${spanId}-03` });

  test("the second arrives with the header of the first: its callee is below the wrong call", () => {
    const first = sampleCall({ left: { ...wire, ...answeredWith(traceA, ids.served) }, arrived: wire });
    const served = otherId(ids.served);
    const own = requestHeaders({ traceparent: `00-${traceB}-${otherId(ids.call)}-03` });
    const second = otherRequest({ left: { ...own, ...answeredWith(traceA, served) }, arrived: wire });
    const spans = second.map((span) =>
      span.spanId === served ? { ...span, traceId: traceA, parentId: ids.call } : span,
    );
    const found = diagnose(tracesOf([...first.flatMap((trace) => trace.spans), ...spans]));
    expect(found.map(({ cause, grade }) => `${cause} ${grade}`)).toEqual(["wrong-parent certain"]);
    expect(found[0]?.spans.map(({ traceId }) => traceId)).toEqual([traceA, traceA, traceB]);
    expect(found[0]?.evidence.join()).toContain("the one that arrived does not");
  });

  test("a call that was tried twice has two callees, and the answer of the second", () => {
    const ofFirst = answeredWith(traceA, ids.served);
    const ofSecond = answeredWith(traceA, "9".repeat(16));
    const spans = sampleCall({ left: { ...wire, ...ofSecond }, arrived: { ...wire, ...ofFirst } }).flatMap(
      (trace) => trace.spans,
    );
    const again = spans.slice(2).map((span) => ({
      ...span,
      spanId: "9".repeat(16),
      startMicros: span.startMicros + span.durationMicros + 100,
      durationMicros: 500,
      attributes: { ...span.attributes, ...ofSecond },
    }));
    expect(diagnose(tracesOf([...spans, ...again]))).toEqual([]);
  });

  test("the second is answered from a cache, with the traceresponse of the first: nothing is missing", () => {
    const first = sampleCall({ left: { ...wire, ...answeredWith(traceA, ids.served) }, arrived: wire });
    const second = otherRequest({ left: answeredWith(traceA, ids.served), isServed: false });
    expect(diagnose(tracesOf([...first.flatMap((trace) => trace.spans), ...second]))).toEqual([]);
  });
});
