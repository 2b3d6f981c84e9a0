import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { type Attributes, START, toAttributes } from "../../testing/otlp.ts";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import {
  LATE,
  LATE_ID,
  LIMITED,
  LIMITED_ID,
  MESSY,
  MESSY_ID,
  OWN,
  OWN_ID,
  ROLL,
  ROLL_ID,
  UNUSUAL,
  UNUSUAL_ID,
} from "./traces.ts";

const ROLL_DICE = "0000000000000004";

describe.skipIf(CHROMIUM === undefined)("the page of a trace in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await stage.send(ROLL);
    await stage.send(MESSY);
    await stage.send(OWN);
    await stage.post("/v1/logs", logOf(ROLL_ID, ROLL_DICE, "too hot"));
    await stage.post("/v1/logs", logOf(OWN_ID, "", "x".repeat(300_000), {}));
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  async function openTrace(id: string, hash = ""): Promise<Page> {
    const page = await stage.open(`/trace/${id}${hash}`);
    await page.locator(".row").first().waitFor();
    return page;
  }

  test("shows the tree, the times and the verdict", async () => {
    const page = await openTrace(ROLL_ID);
    expect(await rowTexts(page)).toEqual([
      "1 front GET /rolldice server 14 ms",
      "2 front DiceService/Roll client 12 ms",
      "3 back DiceService/Roll server error 8 ms",
      "4 back roll dice 6 ms",
    ]);
    expect(await page.locator(".verdict").textContent()).toBe(
      "✓Trace: one root, no orphan, every hop joined: front → back",
    );
    expect(await page.locator(".failure").textContent()).toBe("failedback DiceService/Rollthe die is hot");
    await page.locator(".failure a").click();
    await page.locator(".details .message", { hasText: "the die is hot" }).waitFor();
    expect(await page.title()).toBe("GET /rolldice · Baton");
  });

  test("shows every span of a broken trace, and says what is wrong with it", async () => {
    const page = await openTrace(MESSY_ID);
    expect(await rowTexts(page)).toEqual([
      "1 front first root server 100 ms",
      "2 front starts before its parent early 30 ms",
      "2 front takes no time 0 µs",
      "1 cron second root 4 ms",
      "1 back orphan orphan 30 ms",
      "2 back child of the orphan 5 ms",
      "1 front circle one circle 4 ms",
      "2 front circle two 2 ms",
    ]);
    expect(await page.locator(".verdict").textContent()).toBe("✗Trace: 2 roots, 1 orphan, 1 circle");
    expect(await page.locator(".failure").count()).toBe(0);
    await page.locator(".row").nth(4).click();
    await page.locator(".details .notice", { hasText: "Its parent 00000000000000ff is not in this trace." }).waitFor();
  });

  test("describes a trace that is instrumented otherwise, and does not accuse it", async () => {
    await stage.send(UNUSUAL);
    const page = await openTrace(UNUSUAL_ID);
    const verdict = page.locator(".verdict");
    expect(await verdict.textContent()).toBe("≈Trace: whole, with 1 hop without a CLIENT span: front → back");
    expect(await verdict.getAttribute("class")).toBe("verdict unusual");
    await page.locator(".findings summary").click();
    await page.locator(".findings ol li", { hasText: "its client is not instrumented" }).waitFor();
    expect((await inspect(page)).lowContrast).toEqual([]);
  });

  test("can be used with the keyboard alone", async () => {
    const page = await openTrace(ROLL_ID);
    const focused = page.locator(".row:focus");
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      return focused.locator(".operation").textContent();
    };
    await page.locator(".row").first().focus();
    expect(await press("ArrowDown", "ArrowDown")).toBe("DiceService/Roll");
    expect(await press("ArrowRight")).toBe("roll dice");
    expect(await press("ArrowLeft", "ArrowLeft")).toBe("DiceService/Roll");
    expect(await page.locator(".row:visible").count()).toBe(3);
    expect(await focused.getAttribute("aria-expanded")).toBe("false");
    expect(await press("ArrowRight", "End")).toBe("roll dice");
    expect(await press("Enter")).toBe("roll dice");
    await page.locator(".details h2", { hasText: "roll dice" }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#span=${ROLL_DICE}`);
    expect(await press("Home")).toBe("GET /rolldice");
    await page.locator(".details h2", { hasText: "GET /rolldice" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Close");
    expect(await press("Escape")).toBe("GET /rolldice");
    expect(await page.locator(".details").isVisible()).toBeFalse();
    expect(new URL(page.url()).hash).toBe("");
    await press("Enter", "Escape");
    expect(await page.locator(".details").isVisible()).toBeFalse();
  });

  test("starts with a link that skips the top bar", async () => {
    const page = await openTrace(ROLL_ID);
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.locator("main:focus").count()).toBe(1);
  });

  test("finds spans by their text, and goes from one to the next", async () => {
    const page = await openTrace(ROLL_ID);
    await page.getByText("Fold all", { exact: true }).click();
    expect(await page.locator(".row:visible").count()).toBe(1);
    await page.keyboard.press("/");
    await page.keyboard.type("diceservice");
    expect(await page.locator(".row.found").count()).toBe(2);
    expect(await page.locator(".find [role=status]").textContent()).toBe("2 of 4");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await page.locator(".row[aria-selected=true]").textContent()).toContain("back");
    expect(await page.locator(".row:visible").count()).toBe(3);
    expect((await inspect(page)).lowContrast).toEqual([]);
  });

  test("shows a span's attributes, events, links, status, resource and logs", async () => {
    const page = await openTrace(ROLL_ID, "#span=0000000000000001");
    const details = page.locator(".details");
    await details.locator("tr", { hasText: "http.route" }).waitFor();
    expect(await details.locator("table", { hasText: "http.route" }).locator("tr").allTextContents()).toEqual([
      "http.response.status_code503",
      "http.route/rolldice",
    ]);
    await page.locator(".row").nth(2).click();
    expect(await details.locator(".message").textContent()).toBe("the die is hot");
    await page.locator(".logs button").click();
    await details.locator(".events li").waitFor();
    expect(await details.locator(".events li").allTextContents()).toEqual(["+10 msrolledAttributes of rolledvalue4"]);
    expect(await details.locator(".logs li").allTextContents()).toEqual(["+5 mserrorbacktoo hot die=6"]);
  });

  test("shows every attribute, also one that is named as what Jaeger's JSON adds, and the scope", async () => {
    const page = await openTrace(OWN_ID, "#span=00000000000000d1");
    const details = page.locator(".details");
    await details.locator("tr", { hasText: "connection refused" }).waitFor();
    const table = details.locator("table", { hasText: "connection refused" }).locator("tr");
    expect(await table.allTextContents()).toEqual([
      "errorconnection refused",
      "span.kindown kind",
      "otel.status_codeown code",
      "otel.scope.nameown scope",
    ]);
    await details.locator("h3", { hasText: "Scope" }).waitFor();
    expect(await details.locator("table", { hasText: "scope.mark" }).textContent()).toContain("yes");
  });

  test("shows what the sender left out, and the flags", async () => {
    await stage.send(LIMITED);
    const page = await openTrace(LIMITED_ID, "#span=00000000000000f1");
    const said = "The sender left out 2 attributes, 3 events: its limits are lower than what was set.";
    await page.locator(".details .notice", { hasText: said }).waitFor();
    await page
      .locator(".details tr", { hasText: "flags" })
      .locator("td", { hasText: "01: sampled, parent in another process" })
      .waitFor();
  });

  test("shows the beginning of what is long, its size, and the rest when asked for", async () => {
    const page = await openTrace(OWN_ID, "#span=00000000000000d2");
    const details = page.locator(".details");
    const row = details.locator("tr", { hasText: "1 000 000 characters" });
    await row.waitFor();
    expect((await details.boundingBox())?.height).toBeLessThan(800);
    expect((await row.boundingBox())?.height).toBeLessThan(400);
    await row.getByText("Show all").click();
    const whole = row.locator(".whole");
    await whole.waitFor();
    expect(await whole.evaluate((element) => element.textContent?.length)).toBe(1_000_000);
    expect((await whole.boundingBox())?.height).toBeLessThan(500);
    expect(await details.locator("tr", { hasText: "short" }).locator(".copy").count()).toBe(1);
    const log = page.locator(".trace-logs .logs li");
    expect(await log.textContent()).toMatch(/300\s000 characters/);
    expect((await log.boundingBox())?.height).toBeLessThan(300);
    await log.getByText("Show all").click();
    await log.locator(".whole").waitFor();
    expect(await log.locator(".whole").evaluate((element) => element.textContent?.length)).toBe(300_000);
  });

  test("shows who links to a span", async () => {
    const page = await openTrace(MESSY_ID, "#span=00000000000000a1");
    await page.locator(".details .links a", { hasText: "front GET /rolldice" }).click();
    await page.locator(".details h2", { hasText: "GET /rolldice" }).waitFor();
  });

  test("opened by Jaeger's link with a search in it, marks what is found", async () => {
    const page = await stage.open(`/trace/${ROLL_ID}?uiFind=roll+dice`);
    await page.locator(".row.found").first().waitFor();
    expect(await page.locator(".find input").inputValue()).toBe("roll dice");
  });

  test("follows a link to a span of another trace", async () => {
    const page = await openTrace(ROLL_ID, "#span=0000000000000001");
    await page.locator(".details a").click();
    await page.locator(".details h2", { hasText: "first root" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/trace/${MESSY_ID}`);
  });

  test("waits for a trace that is not there yet", async () => {
    const page = await stage.open(`/trace/${LATE_ID}`);
    await page.locator("#status", { hasText: "Not here yet" }).waitFor();
    await stage.send(LATE);
    await page.locator(".row", { hasText: "came late" }).waitFor();
    // The browser itself logs the answer 404.
    expect(stage.takeFaults().filter((fault) => !fault.includes("404"))).toEqual([]);
  });

  test("says that an id is invalid", async () => {
    const page = await stage.open("/trace/%3Cb%3E");
    await page.locator("h1", { hasText: "This is not a trace id" }).waitFor();
  });
});

/** Each row as its level and its text, separated by blanks. */
async function rowTexts(page: Page): Promise<readonly string[]> {
  const rows = await page.locator(".row").all();
  return Promise.all(
    rows.map(async (row) => {
      const parts = await row.locator(".name > *, .duration").allTextContents();
      return [await row.getAttribute("aria-level"), ...parts.filter(Boolean)].join(" ");
    }),
  );
}

function logOf(traceId: string, spanId: string, body: string, attributes: Attributes = { die: 6n }): object {
  const record = {
    traceId,
    spanId,
    timeUnixNano: String(START + 5_000_000n),
    severityNumber: 17,
    body: { stringValue: body },
    attributes: toAttributes(attributes),
  };
  const resource = { attributes: toAttributes({ "service.name": "back" }) };
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] };
}
