import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { START } from "../../testing/otlp.ts";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { MESSY, MESSY_ID, ROLL, ROLL_ID } from "./traces.ts";

const LOG = {
  timeUnixNano: String(START),
  traceId: ROLL_ID,
  spanId: "0000000000000004",
  body: { stringValue: "too hot" },
};

describe.skipIf(CHROMIUM === undefined)("files and forgetting, in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await stage.send(ROLL);
    await stage.post("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [LOG] }] }] });
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  async function download(page: Page, label: string): Promise<Buffer> {
    await page.locator(".menu summary").press("Enter");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByText(label).click()]);
    expect(file.suggestedFilename()).toBe(`trace-${ROLL_ID}.json`);
    await page.locator(".menu summary").press("Enter");
    return readFile(await file.path());
  }

  async function openFile(page: Page, name: string, buffer: Buffer): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.locator("#open-file").press("Enter")]);
    await chooser.setFiles({ name, mimeType: "application/json", buffer });
  }

  async function clearAll(page: Page): Promise<void> {
    await page.locator("#clear").press("Enter");
    await page.locator("#clear", { hasText: "Forget all traces, logs and metrics?" }).press("Enter");
    await page.locator(".empty", { hasText: "Waiting for a first trace" }).waitFor();
  }

  test.each([
    ["Spans and logs, as OTLP", 1],
    ["Spans, as Jaeger's JSON", 0],
  ])("a trace is saved, forgotten and opened again: %s", async (label, logs) => {
    const page = await stage.open(`/trace/${ROLL_ID}`);
    await page.locator(".row").first().waitFor();
    const rows = await page.locator(".row").allTextContents();
    const file = await download(page, label);
    await stage.open("/search");
    await clearAll(page);
    await openFile(page, "mail.json", file);
    await page.waitForURL(`**/trace/${ROLL_ID}`);
    await page.locator(".row").nth(3).waitFor();
    expect(await page.locator(".row").allTextContents()).toEqual(rows);
    expect(await page.locator(".trace-logs li").count()).toBe(logs);
    await stage.post("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [LOG] }] }] });
  });

  test("a file of several traces shows them, however old they are", async () => {
    await stage.send(MESSY);
    const answer = await fetch(
      `${stage.viewer.url}/api/v3/traces?query.num_traces=10&query.start_time_min=2020-01-01T00:00:00Z&query.start_time_max=2100-01-01T00:00:00Z`,
    );
    const file = Buffer.from(await answer.arrayBuffer());
    const page = await stage.open("/search?service=nobody");
    await page.locator("#summary", { hasText: "No traces" }).waitFor();
    await openFile(page, "all.json", file);
    await page.locator("#summary", { hasText: "2 traces" }).waitFor();
    await page.locator(`a[href="/trace/${MESSY_ID}"]`).waitFor();
  });

  test.each([1280, 360])("a file that is none says why, %d wide", async (width) => {
    const page = await stage.open("/search", { width });
    await page.locator(".trace-link").first().waitFor();
    await openFile(page, "notes.txt", Buffer.from("hello"));
    await page.locator(".notice.bad", { hasText: /^notes.txt: this file cannot be read: / }).waitFor();
    expect(await inspect(page)).toMatchObject({ lowContrast: [], width });
    // The browser itself logs the answer 400.
    expect(stage.takeFaults().filter((fault) => !fault.includes("400"))).toEqual([]);
  });

  test("to forget asks again, and Escape takes it back", async () => {
    const page = await stage.open("/search");
    await page.locator(".trace-link").first().waitFor();
    await page.locator("#clear").press("Enter");
    expect((await inspect(page)).lowContrast).toEqual([]);
    await page.locator("#clear").press("Escape");
    await page.locator("#clear", { hasText: "Clear all" }).waitFor();
    expect(await page.locator(".trace-link").count()).toBe(2);
  });
});
