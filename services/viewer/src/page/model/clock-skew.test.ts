import { expect, test } from "bun:test";
import type { Span } from "@baton/trace-tree";
import { correctClocks } from "./clock-skew.ts";
import { spanOf } from "./testing/span.ts";

const CLIENT = spanOf("a", undefined, { kind: "client", startMicros: 1000, durationMicros: 100 });

function server(more: Partial<Span>): Span {
  return spanOf("b", "a", { kind: "server", service: "back", durationMicros: 60, ...more });
}

function startsOf(...spans: readonly Span[]) {
  const { trace, skews } = correctClocks({ traceId: "t", spans });
  return { starts: trace.spans.map(({ startMicros }) => startMicros), skews };
}

test("a call that begins before its caller is moved to its middle, with all of its service", () => {
  const events = [{ name: "e", timeMicros: 910, attributes: {} }];
  const child = spanOf("c", "b", { service: "back", startMicros: 905, events });
  expect(startsOf(CLIENT, server({ startMicros: 900 }), child)).toEqual({
    starts: [1000, 1020, 1025],
    skews: ["The clock of back is about 120 µs behind."],
  });
  const { trace } = correctClocks({ traceId: "t", spans: [CLIENT, server({ startMicros: 900 }), child] });
  expect(trace.spans[2]?.events[0]?.timeMicros).toBe(1030);
});

test("a server that answers after its caller has stopped waiting has a clock that is ahead", () => {
  expect(startsOf(CLIENT, server({ startMicros: 5000 }))).toEqual({
    starts: [1000, 1020],
    skews: ["The clock of back is about 3.98 ms ahead."],
  });
});

test("what may start later, and what lies within its caller, stays", () => {
  const consumer = server({ startMicros: 5000, kind: "consumer" });
  for (const span of [consumer, server({ startMicros: 1010 }), server({ startMicros: 1090 })]) {
    expect(startsOf(CLIENT, span)).toEqual({ starts: [1000, span.startMicros], skews: [] });
  }
});

test("within one service there is one clock, and no correction", () => {
  expect(startsOf(CLIENT, spanOf("b", "a", { startMicros: 900 })).skews).toEqual([]);
});

test("a service that is called twice has one clock", () => {
  const again = spanOf("d", "a", { kind: "server", service: "back", startMicros: 930, durationMicros: 10 });
  expect(startsOf(CLIENT, server({ startMicros: 900 }), again)).toMatchObject({ starts: [1000, 1020, 1050] });
  const first = { ...again, startMicros: 800 };
  expect(startsOf(CLIENT, server({ startMicros: 900 }), first)).toMatchObject({ starts: [1000, 1145, 1045] });
});
