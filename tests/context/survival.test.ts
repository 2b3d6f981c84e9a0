import { afterAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { withSpan } from "@baton/telemetry";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { SURVIVAL_CASES, survivalTable } from "./survival.ts";

const inMemory = startTestTelemetry();
afterAll(() => inMemory.shutdown());

describe("the active span, on the pinned Bun", () => {
  test.each(SURVIVAL_CASES.map((one) => [one.place, one.plain, one] as const))("%s: %s", async (_place, plain, one) => {
    const kept = await withSpan(inMemory.telemetry, "outer", async (span) => (await one.tryPlain()) === span);
    expect(kept ? "kept" : "lost").toBe(plain);
  });

  const repaired = SURVIVAL_CASES.filter((one) => one.tryRepaired !== undefined);
  test.each(repaired.map((one) => [one.place, one] as const))("%s: repaired", async (_place, one) => {
    expect(await one.tryRepaired?.()).toBe(true);
  });

  test("docs/context.md shows this table", async () => {
    const page = await readFile(new URL("../../docs/context.md", import.meta.url), "utf8");
    expect(page).toContain(survivalTable());
  });
});
