import { expect, test } from "bun:test";
import { sampleJson } from "./testing/sample-trace.ts";
import { readTrace } from "./trace.ts";

test("fields are read from Jaeger's tags, which stay attributes", () => {
  const json = sampleJson({
    id: "1",
    parent: "0",
    kind: "server",
    tags: { error: true, "otel.status_code": "ERROR", "otel.status_description": "no dice", "http.route": "/" },
    events: [{ name: "rolled", at: 1005, tags: { sides: "6" } }],
    links: ["other"],
  });
  expect(readTrace(json).spans).toEqual([
    {
      traceId: "t",
      spanId: "1",
      parentId: "0",
      name: "1",
      kind: "server",
      service: "front",
      startMicros: 1000,
      durationMicros: 10,
      status: "error",
      statusMessage: "no dice",
      attributes: {
        "span.kind": "server",
        error: true,
        "otel.status_code": "ERROR",
        "otel.status_description": "no dice",
        "http.route": "/",
      },
      resource: {},
      events: [{ name: "rolled", timeMicros: 1005, attributes: { sides: "6" } }],
      links: [{ traceId: "other", spanId: "x" }],
    },
  ]);
});

test("null lists, a missing process and an unknown kind are allowed", () => {
  const trace = readTrace({
    traceID: "t",
    spans: [
      {
        traceID: "t",
        spanID: "1",
        operationName: "bare",
        references: null,
        startTime: 1,
        duration: 1,
        tags: [{ key: "span.kind", type: "string", value: "sideways" }],
        logs: null,
        processID: "nobody",
      },
    ],
    processes: {},
  });
  expect(trace.spans[0]).toMatchObject({
    kind: "unspecified",
    service: "unknown service",
    status: "unset",
    events: [],
    links: [],
  });
  expect(trace.spans[0]).not.toHaveProperty("parentId");
});

test("a reference into another trace is a link and no parent", () => {
  const json = sampleJson({ id: "1" });
  const [span] = json.spans;
  const foreign = {
    ...json,
    spans: [{ ...span, references: [{ refType: "CHILD_OF", traceID: "other", spanID: "9" }] }],
  };
  expect(readTrace(foreign as typeof json).spans[0]).toMatchObject({ links: [{ traceId: "other", spanId: "9" }] });
});

test("an attribute named like a part of every object is an attribute", () => {
  const trace = readTrace(sampleJson({ id: "1", tags: { ["__proto__"]: "x", constructor: "y" } }));
  expect(Object.entries(trace.spans[0]?.attributes ?? {})).toContainEqual(["constructor", "y"]);
});

test("an id of 16 digits has an upper half of zeros, which a Jaeger leaves out", () => {
  const [short, whole] = ["a".repeat(16), "a".repeat(16).padStart(32, "0")];
  const json = sampleJson({ id: "1" });
  const spans = json.spans.map((span) => ({ ...span, traceID: short }));
  const trace = readTrace({ ...json, traceID: short, spans });
  expect([trace.traceId, ...trace.spans.map(({ traceId }) => traceId)]).toEqual([whole, whole]);
});
