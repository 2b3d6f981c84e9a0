import { expect, test } from "bun:test";
import type { Span, TraceTree } from "@baton/trace-tree";
import { countSpans, findUncounted } from "./expected-metrics.ts";

function tree(...spans: readonly Partial<Span>[]): TraceTree {
  const whole = spans.map(
    (span): Span => ({
      traceId: "1",
      spanId: "1",
      name: "",
      kind: "internal",
      service: "back",
      startMicros: 0,
      durationMicros: 0,
      status: "unset",
      statusMessage: "",
      attributes: {},
      resource: {},
      events: [],
      links: [],
      ...span,
    }),
  );
  return { trace: { traceId: "1", spans: whole }, roots: [], orphans: [], circles: [], duplicateIds: [] };
}

const grpc = { "rpc.system.name": "grpc" };
const http = { "http.request.method": "GET" };
const roll = tree(
  { service: "demo", kind: "client" },
  { service: "front", kind: "server", attributes: http },
  // A message on a WebSocket has no metric.
  { service: "front", kind: "server", name: "websocket message" },
  { service: "front", kind: "client", attributes: http },
  { service: "front", kind: "client", attributes: grpc },
  { kind: "server", attributes: grpc },
  {},
);

test("each span of a tree counts for the metric that measures it and for the service that exports it", () => {
  expect(Object.fromEntries(countSpans([roll, roll], "demo"))).toEqual({
    "front http.server.request.duration": 2,
    "front http.client.request.duration": 2,
    "front rpc.client.call.duration": 2,
    "front spans exported": 8,
    "back rpc.server.call.duration": 2,
    "back spans exported": 4,
  });
});

test("a count that is too low is named; a higher one is fine", () => {
  const histogram = { count: 3, bounds: [], counts: [3] };
  const durations = [
    { service: "front", metric: "http.server.request.duration", histogram },
    { service: "back", metric: "rpc.server.call.duration", histogram },
  ];
  const spans = [{ service: "front", exported: 8, dropped: 0 }];
  expect(findUncounted(countSpans([roll, roll], "demo"), { durations, spans })).toEqual([
    "front http.client.request.duration: 0 of 2",
    "front rpc.client.call.duration: 0 of 2",
    "back spans exported: 0 of 4",
  ]);
});
