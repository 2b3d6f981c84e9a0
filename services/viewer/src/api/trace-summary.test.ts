import { expect, test } from "bun:test";
import { readTrace } from "@baton/trace-tree";
import { summarise } from "./trace-summary.ts";

const processes = { p1: { serviceName: "front" }, p2: { serviceName: "back" } };
const span = (spanID: string, parent: string | undefined, processID: string, startTime: number, failed = false) => ({
  traceID: "t",
  spanID,
  operationName: `does ${spanID}`,
  references: parent === undefined ? [] : [{ refType: "CHILD_OF" as const, traceID: "t", spanID: parent }],
  startTime,
  duration: 10,
  tags: failed ? [{ key: "error", type: "bool" as const, value: true }] : [],
  logs: [],
  processID,
});

test("a trace is named after its root and measured from the first start to the last end", () => {
  const spans = [span("b", "a", "p2", 95, true), span("c", "b", "p2", 120), span("a", undefined, "p1", 100)];
  const summary = summarise(readTrace({ traceID: "t", spans, processes }));
  expect(summary).toMatchObject({
    id: "t",
    service: "front",
    name: "does a",
    start: 95,
    duration: 35,
    spans: 3,
    errors: 1,
  });
  expect(summary.services).toEqual([
    { name: "back", spans: 2 },
    { name: "front", spans: 1 },
  ]);
});

test("a trace without a root is named after the orphan", () => {
  const summary = summarise(readTrace({ traceID: "t", spans: [span("b", "a", "p2", 1)], processes }));
  expect(summary).toMatchObject({ service: "back", name: "does b" });
  expect(summary.verdict.grade).toBe("broken");
});
