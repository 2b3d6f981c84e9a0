import { describe, expect, test } from "bun:test";
import type { Span, Trace } from "@baton/trace-tree";
import { readRows } from "./rows.ts";

function span(spanId: string, parentId: string | undefined, startMicros = 0, durationMicros = 10): Span {
  return {
    traceId: "t",
    spanId,
    ...(parentId !== undefined && { parentId }),
    name: spanId,
    kind: "internal",
    service: "front",
    startMicros,
    durationMicros,
    status: "unset",
    statusMessage: "",
    attributes: {},
    resource: {},
    events: [],
    links: [],
  };
}

function rowsOf(...spans: Span[]) {
  const trace: Trace = { traceId: "t", spans };
  return readRows(trace).rows;
}

describe("readRows", () => {
  test("gives each row its position in the tree", () => {
    const rows = rowsOf(
      span("a", undefined),
      span("b", "a", 1),
      span("c", "b", 2),
      span("d", "a", 3),
      span("e", undefined, 4),
    );
    const plain = rows.map(({ span: { spanId }, parent, depth, children, last, place, siblings }) => [
      spanId,
      parent?.span.spanId,
      depth,
      children,
      last,
      `${place}/${siblings}`,
    ]);
    expect(plain).toEqual([
      ["a", undefined, 0, 2, 3, "1/2"],
      ["b", "a", 1, 1, 2, "1/2"],
      ["c", "b", 2, 0, 2, "1/1"],
      ["d", "a", 1, 0, 3, "2/2"],
      ["e", undefined, 0, 0, 4, "2/2"],
    ]);
  });

  test("works for a chain of thousands of spans", () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => span(`s${at}`, at === 0 ? undefined : `s${at - 1}`, at));
    const rows = rowsOf(...chain);
    expect(rows.at(-1)?.depth).toBe(19_999);
    expect(rows[0]?.last).toBe(19_999);
  });

  test("without spans has no rows", () => expect(rowsOf()).toEqual([]));
});

describe("what is odd about a span", () => {
  const oddities = (...spans: Span[]) =>
    rowsOf(...spans).flatMap((row) => row.oddities.map((odd) => `${odd.mark}: ${odd.sentence}`));
  const parent = span("a", undefined, 100, 50);

  test("that its parent is missing", () => {
    expect(oddities(span("b", "gone"))).toEqual(["orphan: Its parent gone is not in this trace."]);
  });
  test("that it is in a circle", () => {
    expect(oddities(span("a", "b"), span("b", "a", 1))).toEqual([
      "circle: It is its own ancestor: the circle is cut here.",
    ]);
  });
  test("that it starts before its parent", () => {
    expect(oddities(parent, span("b", "a", 88))).toEqual([
      "early: It starts 12 µs before its parent: the clocks differ.",
    ]);
  });
  test("that it starts after its parent ended", () => {
    expect(oddities(parent, span("b", "a", 157))).toEqual(["late: It starts 7 µs after its parent ended."]);
  });
  test("is not that it starts less than a millisecond after a parent whose start is a whole millisecond", () => {
    const whole = span("a", undefined, 3000, 50);
    expect(oddities(whole, span("b", "a", 4000))).toEqual([]);
    expect(oddities(whole, span("b", "a", 5000))).toEqual(["late: It starts 1.95 ms after its parent ended."]);
  });
  test("is not that it ends after its parent", () => expect(oddities(parent, span("b", "a", 149, 900))).toEqual([]));
});
