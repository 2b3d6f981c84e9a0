import { describe, expect, test } from "bun:test";
import { SHAPES } from "./testing/shapes.ts";
import { renderVerdictDocs, treeOf } from "./testing/verdict-docs.ts";
import { verdictOf } from "./verdict.ts";

describe("each shape has its verdict", () => {
  test.each(SHAPES.map((shape) => [shape.name, shape] as const))("%s", (_name, shape) => {
    const verdict = verdictOf(treeOf(shape));
    expect(verdict).toMatchObject({
      grade: shape.grade,
      summary: shape.summary,
      ok: shape.grade === "joined" || shape.grade === "unusual",
    });
    expect(verdict.problems.length > 0).toBe(shape.grade === "broken");
    for (const { causes, next } of verdict.findings) expect([causes.length > 0, next !== ""]).toEqual([true, true]);
  });
});

test("a trace that was cut accuses nobody and gives the backend's reason", () => {
  const shape = SHAPES.find(({ grade }) => grade === "cut");
  if (!shape) throw new Error("no such shape");
  expect(verdictOf(treeOf(shape))).toMatchObject({ problems: [], findings: [], notes: [...(shape.warnings ?? [])] });
});

test("docs/verdicts.md shows this table", async () => {
  const committed = await Bun.file(`${import.meta.dir}/../../../docs/verdicts.md`).text();
  expect(committed).toBe(renderVerdictDocs());
});
