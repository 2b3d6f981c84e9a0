import { describe, expect, test } from "bun:test";
import { compareTree } from "./compare.ts";
import type { ExpectedSpan, FoundSpan } from "./expected-tree.ts";

const expected: ExpectedSpan = {
  service: "front",
  kind: "SERVER",
  name: "GET /rolldice",
  attributes: { "http.response.status_code": 200, "url.path": /^\/roll/, "error.type": null },
  children: [
    { service: "front", kind: "CLIENT", name: "Roll", status: "error", events: ["a", "b"] },
    { service: "front", kind: "CLIENT", name: "Roll" },
  ],
};

const found: FoundSpan = {
  service: "front",
  kind: "SERVER",
  name: "GET /rolldice",
  status: "unset",
  attributes: { "http.response.status_code": 200, "url.path": "/rolldice", more: true },
  events: [],
  children: [
    {
      service: "front",
      kind: "CLIENT",
      name: "Roll",
      status: "error",
      attributes: {},
      events: ["a", "b"],
      children: [],
    },
    { service: "front", kind: "CLIENT", name: "Roll", status: "unset", attributes: {}, events: ["c"], children: [] },
  ],
};

const [failed, retried] = found.children;
const root = "front SERVER GET /rolldice";

describe("compareTree", () => {
  test("finds nothing in an equal tree, whatever else the spans carry", () => {
    expect(compareTree(expected, [found])).toEqual([]);
  });

  test.each<[string, readonly FoundSpan[], readonly string[]]>([
    ["no span at all", [], [`missing: ${root}`]],
    ["a second root", [found, { ...found, name: "GET" }], ["not expected: front SERVER GET"]],
    ["another name", [{ ...found, name: "GET /x" }], [`missing: ${root}`, "not expected: front SERVER GET /x"]],
    [
      "another kind",
      [{ ...found, kind: "INTERNAL" }],
      [`missing: ${root}`, "not expected: front INTERNAL GET /rolldice"],
    ],
    [
      "another service",
      [{ ...found, service: "back" }],
      [`missing: ${root}`, "not expected: back SERVER GET /rolldice"],
    ],
    ["another status", [{ ...found, status: "error" }], [`${root}: status is error, expected unset`]],
    [
      "another attribute",
      [{ ...found, attributes: { "http.response.status_code": "200", "url.path": "/x", "error.type": "500" } }],
      [
        `${root}: http.response.status_code is "200", expected 200`,
        `${root}: url.path is "/x", expected /^\\/roll/`,
        `${root}: error.type is "500", expected not there`,
      ],
    ],
    ["a child missing", [{ ...found, children: found.children.slice(0, 1) }], [`missing: ${root} > front CLIENT Roll`]],
    [
      "a child too many",
      [{ ...found, children: [...found.children, { ...found, name: "x", children: [] }] }],
      [`not expected: ${root} > front SERVER x`],
    ],
    [
      "children of one name in another order",
      [{ ...found, children: [retried, failed].flatMap((span) => span ?? []) }],
      [
        `${root} > front CLIENT Roll: status is unset, expected error`,
        `${root} > front CLIENT Roll: events are [c], expected [a, b]`,
        `${root} > front CLIENT Roll: status is error, expected unset`,
      ],
    ],
  ])("says what differs: %s", (_, roots, differences) => {
    expect(compareTree(expected, roots)).toEqual([...differences]);
  });

  test("says when children of different names started in another order", () => {
    const [a, b]: readonly ExpectedSpan[] = [
      { service: "s", kind: "INTERNAL", name: "a" },
      { service: "s", kind: "INTERNAL", name: "b" },
    ];
    if (a === undefined || b === undefined) throw new Error("unreachable");
    const as = (span: ExpectedSpan): FoundSpan => ({
      ...span,
      status: "unset",
      attributes: {},
      events: [],
      children: [],
    });
    const parent: ExpectedSpan = { service: "s", kind: "INTERNAL", name: "p", children: [a, b] };
    expect(compareTree(parent, [{ ...as(parent), children: [as(b), as(a)] }])).toEqual([
      "s INTERNAL p: children are in the order s INTERNAL b, s INTERNAL a; expected s INTERNAL a, s INTERNAL b",
    ]);
  });
});
