import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { BIG_ID, bigTrace, HUGE_ID } from "./traces.ts";

describe.skipIf(CHROMIUM === undefined)("the page of a long trace in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  async function openTrace(id: string): Promise<Page> {
    const page = await stage.open(`/trace/${id}`);
    await page.locator(".row").first().waitFor();
    return page;
  }

  test("draws of twelve thousand spans what is in sight, and all of it for paper", async () => {
    await stage.send(bigTrace(12_000, HUGE_ID));
    const page = await openTrace(HUGE_ID);
    const rows = page.locator(".row");
    await rows.first().locator(".operation", { hasText: "step 1" }).waitFor();
    expect(await rows.count()).toBe(12_000);
    expect(await page.locator(".row .operation").count()).toBeLessThan(1_000);
    await rows.first().focus();
    await page.keyboard.press("End");
    await page.locator(".row:focus .operation", { hasText: /^step \d+$/ }).waitFor();
    await page.keyboard.press("+");
    await page.locator(".minimap.zoomed").waitFor();
    await page.locator(".row:focus .bar").waitFor();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator(".row .operation").count()).toBe(12_000);
  });

  test("shows five thousand spans and stays usable", async () => {
    await stage.send(bigTrace(5_000));
    const page = await openTrace(BIG_ID);
    expect(await page.locator(".row").count()).toBe(5_000);
    await page.locator(".row").first().focus();
    await page.keyboard.press("End");
    const last = await page.locator(".row:focus").textContent();
    expect(last).toBe(await page.locator(".row").last().textContent());
    await page.getByText("Fold all", { exact: true }).click();
    expect(await page.locator(".row:visible").count()).toBe(1);
  });
});
