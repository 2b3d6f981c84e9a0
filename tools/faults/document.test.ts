import { expect, test } from "bun:test";
import { renderTables } from "./document.ts";
import type { SavedRow } from "./results.ts";

const row = (id: string): SavedRow => ({
  id,
  group: "backend",
  what: `the row ${id}`,
  variant: "baton",
  date: "2026-01-01",
  short: false,
  measured: {},
  verdicts: [{ promise: 1, kept: true, found: "right" }],
});

test("a row of a real program keeps its place, and one that is no fault any more is left out", () => {
  const text = renderTables([row("renamed"), row("jaeger-stopped"), row("http-works")]);
  expect(text.match(/the row \S+/g)).toEqual(["the row http-works", "the row jaeger-stopped"]);
  expect(text).toContain("2 of 2 verdicts");
});
