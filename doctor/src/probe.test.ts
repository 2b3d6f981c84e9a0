import { describe, expect, test } from "bun:test";
import { cases, parentId, traceId } from "./cases/index.ts";
import { createCaseProbe, isTraceOf, restoreCaseIds } from "./probe.ts";

describe("a case with ids of its own", () => {
  test.each(cases.map((each) => [each.id, each] as const))("%s keeps its form", (_, each) => {
    const probe = createCaseProbe(each);
    expect(restoreCaseIds(probe, probe.headers)).toEqual(each.headers);
    const text = JSON.stringify(probe.headers).toLowerCase();
    expect(text).not.toContain(traceId.slice(1));
    expect(text).not.toContain(parentId.slice(1));
  });

  test("two probes of one case differ", () => {
    const [each] = cases.filter(({ id }) => id === "traceparent-valid");
    if (each === undefined) throw new Error("no such case");
    expect(createCaseProbe(each).headers).not.toEqual(createCaseProbe(each).headers);
  });
});

test.each([
  ["as it is", (id: string) => id, true],
  ["in upper case", (id: string) => id.toUpperCase(), true],
  ["cut at the front", (id: string) => id.slice(1), true],
  ["another", (id: string) => [...id].reverse().join(""), false],
])("a trace id %s", (_, change, expected) => {
  const identity = { traceId: "0af7651916cd43dd8448eb211c80319c", parentId };
  expect(isTraceOf({ identity }, change(identity.traceId))).toBe(expected);
});
