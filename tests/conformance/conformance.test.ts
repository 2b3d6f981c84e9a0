/** Runs every case at every boundary, over real sockets. */
import { afterAll, describe, expect, test } from "bun:test";
import { type ConformanceCase, canBeSentOverGrpc, cases, clauses, findFaults } from "@baton/doctor/cases";
import { startTestTelemetry, type TestTelemetry } from "@baton/telemetry/testing";
import type { Boundary } from "./boundaries/boundary.ts";
import { boundaries } from "./boundaries/index.ts";
import { knownFailures } from "./known-failures.ts";

const telemetry: TestTelemetry = startTestTelemetry();
const running: Boundary[] = await Promise.all(boundaries.map((start) => start(telemetry.telemetry)));

afterAll(async () => {
  for (const boundary of running) await boundary.stop();
  await telemetry.shutdown();
});

async function run(boundary: Boundary, each: ConformanceCase): Promise<string[]> {
  return findFaults(each, await boundary.pass(each.headers)).map(({ text }) => text);
}

const isKnown = (boundary: Boundary, { id }: ConformanceCase) =>
  knownFailures.some((known) => known.boundary === boundary.name && known.case === id);

for (const boundary of running) {
  describe(boundary.name, () => {
    const possible = boundary.protocol === "http" ? cases : cases.filter((each) => canBeSentOverGrpc(each.headers));
    test.each(possible.map((each) => [each.id, clauses[each.clause].section, each] as const))(
      "%s (%s)",
      async (_id, _section, each) => {
        const faults = await run(boundary, each);
        if (isKnown(boundary, each)) expect(faults, "it passes: remove it from known-failures.ts").not.toEqual([]);
        else expect(faults).toEqual([]);
      },
    );
  });
}

describe("the cases", () => {
  test("there are no known failures", () => {
    expect(knownFailures).toEqual([]);
  });

  test("ids are unique", () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  test("the cases that the specification leaves open are these", () => {
    expect(cases.filter(({ isOpen }) => isOpen === true).map(({ id }) => id)).toHaveLength(10);
  });

  test("every clause has a case", () => {
    const tested = new Set(cases.map(({ clause }) => clause));
    expect(Object.keys(clauses).filter((clause) => !tested.has(clause as keyof typeof clauses))).toEqual([]);
  });

  test("only blanks at the ends, tabs, uppercase names and other bytes cannot be sent over gRPC", () => {
    const impossible = cases.filter((each) => !canBeSentOverGrpc(each.headers)).map(({ id }) => id);
    expect(impossible).toMatchInlineSnapshot(`
      [
        "traceparent-name-mixed-case",
        "traceparent-name-uppercase",
        "traceparent-space-before",
        "traceparent-tab-before",
        "traceparent-space-after",
        "traceparent-tab-after",
        "traceparent-blanks-around",
        "traceparent-not-ascii",
        "tracestate-name-case",
        "tracestate-only-blanks",
        "tracestate-tabs-around-comma",
        "tracestate-space-around",
        "tracestate-tab-around",
        "tracestate-value-tab-inside",
        "tracestate-value-not-ascii",
        "baggage-blanks",
        "baggage-value-not-ascii",
      ]
    `);
  });
});
