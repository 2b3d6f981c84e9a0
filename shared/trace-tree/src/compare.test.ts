import { describe, expect, test } from "bun:test";
import type { TraceTree, TreeNode } from "./build.ts";
import { compareTree, type ExpectedSpan } from "./compare.ts";
import type { Span } from "./trace.ts";

const expected: ExpectedSpan = {
  service: "front",
  kind: "server",
  name: "GET /rolldice",
  attributes: { "http.response.status_code": 200, "url.path": /^\/roll/, "error.type": null },
  children: [
    { service: "front", kind: "client", name: "Roll", status: "error", events: ["a", "b"] },
    { service: "front", kind: "client", name: "Roll" },
  ],
};

function node(span: Partial<Span> = {}, children: readonly TreeNode[] = []): TreeNode {
  const whole: Span = {
    traceId: "1",
    spanId: "1",
    name: "Roll",
    kind: "client",
    service: "front",
    startMicros: 0,
    durationMicros: 0,
    status: "unset",
    statusMessage: "",
    attributes: {},
    resource: {},
    events: [],
    links: [],
    ...span,
  };
  return { span: whole, children };
}

const events = (...names: string[]) => names.map((name) => ({ name, timeMicros: 0, attributes: {} }));

function tree(...roots: TreeNode[]): TraceTree {
  return { trace: { traceId: "1", spans: [] }, roots, orphans: [], circles: [], duplicateIds: [] };
}

const rootSpan: Partial<Span> = {
  name: "GET /rolldice",
  kind: "server",
  attributes: { "http.response.status_code": 200, "url.path": "/rolldice", more: true },
};
const failed = node({ status: "error", events: events("a", "b") });
const retried = node({ events: events("c") });
const found = (changes: Partial<Span> = {}, children: readonly TreeNode[] = [failed, retried]) =>
  node({ ...rootSpan, ...changes }, children);
const ofBack = "back SERVER GET /rolldice";
const internal = "front INTERNAL GET /rolldice";
const root = "front SERVER GET /rolldice";

describe("compareTree", () => {
  test("counts links where the expected span says how many", () => {
    const linked = found({ links: [{ traceId: "2", spanId: "2" }] });
    expect(compareTree({ ...expected, links: 1 }, tree(linked))).toEqual([]);
    expect(compareTree({ ...expected, links: 0 }, tree(linked))).toEqual([`${root}: links are 1, expected 0`]);
  });

  test("finds nothing in an equal tree, whatever else the spans carry", () => {
    expect(compareTree(expected, tree(found()))).toEqual([]);
  });

  test.each<[string, TraceTree, readonly string[]]>([
    ["no span at all", tree(), [`missing: ${root}`]],
    ["a second root", tree(found(), node({ name: "GET" })), ["not expected: front CLIENT GET"]],
    ["an orphan", { ...tree(found()), orphans: [node()] }, ["not expected: front CLIENT Roll"]],
    ["a circle", { ...tree(found()), circles: [node()] }, ["not expected: front CLIENT Roll"]],
    ["another name", tree(found({ name: "x" })), [`missing: ${root}`, "not expected: front SERVER x"]],
    ["another kind", tree(found({ kind: "internal" })), [`missing: ${root}`, `not expected: ${internal}`]],
    ["another service", tree(found({ service: "back" })), [`missing: ${root}`, `not expected: ${ofBack}`]],
    ["another status", tree(found({ status: "error" })), [`${root}: status is error, expected unset`]],
    [
      "other attributes",
      tree(found({ attributes: { "http.response.status_code": "200", "url.path": "/x", "error.type": "500" } })),
      [
        `${root}: http.response.status_code is "200", expected 200`,
        `${root}: url.path is "/x", expected /^\\/roll/`,
        `${root}: error.type is "500", expected not there`,
      ],
    ],
    ["a child missing", tree(found({}, [failed])), [`missing: ${root} > front CLIENT Roll`]],
    [
      "a child too many",
      tree(found({}, [failed, retried, node({ name: "x" })])),
      [`not expected: ${root} > front CLIENT x`],
    ],
  ])("says what differs: %s", (_, wrong, differences) => {
    expect(compareTree(expected, wrong)).toEqual([...differences]);
  });

  test("compares no service where none is expected", () => {
    const { service: _, ...anyService } = expected;
    expect(compareTree(anyService, tree(found({ service: "other" })))).toEqual([]);
    expect(compareTree(anyService, tree(found({ name: "x" })))).toEqual([
      "missing: SERVER GET /rolldice",
      "not expected: front SERVER x",
    ]);
  });

  test("takes of several spans with the same label the one that fits", () => {
    expect(compareTree(expected, tree(found({}, [retried, failed])))).toEqual([]);
    const late = node({ status: "error", events: events("c") });
    expect(compareTree(expected, tree(found({}, [retried, late])))).toEqual([
      `${root} > front CLIENT Roll: events are [c], expected [a, b]`,
    ]);
  });
});
