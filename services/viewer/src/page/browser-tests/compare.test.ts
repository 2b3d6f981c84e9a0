import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { span, trace } from "./traces.ts";

const FIRST_ID = "aef92f3577b34da6a3ce929d0e0e4736";
const SECOND_ID = "bef92f3577b34da6a3ce929d0e0e4736";
const FIRST = trace(
  FIRST_ID,
  span(1, undefined, "front", "GET /", 0, 20, { kind: 2 }),
  span(2, 1, "front", "get cache", 1, 2),
  span(3, 1, "back", "query", 5, 10),
);
const SECOND = trace(
  SECOND_ID,
  span(4, undefined, "front", "GET /", 0, 60, { kind: 2 }),
  span(5, 4, "back", "query", 5, 50, { status: { code: 2, message: "late" } }),
  span(6, 4, "back", "try again", 56, 2),
);

describe.skipIf(CHROMIUM === undefined)("two traces compared, in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    for (const sent of [FIRST, SECOND]) await stage.send(sent);
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  test("from the page of one, with another of the same operation, by the keyboard", async () => {
    const page = await stage.open(`/trace/${FIRST_ID}`);
    await page.getByText("Compare", { exact: true }).press("Enter");
    await page.waitForURL(`**/compare?a=${FIRST_ID}`);
    await page.locator(".others a").press("Enter");
    await page.waitForURL(`**/compare?a=${FIRST_ID}&b=${SECOND_ID}`);
    await page.locator(".pairs").waitFor();
    expect(await page.locator("#summary").textContent()).toBe(
      "The second took 40 ms longer. It lacks 1 span. It has 1 more span. Most of it: back query, 40 ms longer by itself.",
    );
    const rows = await page.locator(".pairs tbody tr").all();
    const texts = await Promise.all(rows.map((row) => row.locator("td").allTextContents()));
    expect(texts.map((cells) => cells.join(" | "))).toEqual([
      "front GET / | 20 ms | 60 ms | +40 ms",
      "front get cache | 2 ms | not there | missing",
      "back query | 10 ms | 50 mserror | +40 ms",
      "back try again | not there | 2 ms | new",
    ]);
    await page.locator(".pairs a", { hasText: "50 ms" }).press("Enter");
    await page.locator(".details h2", { hasText: "query" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/trace/${SECOND_ID}`);
  });

  test("only what differs, when that is all that matters", async () => {
    const page = await stage.open(`/compare?a=${FIRST_ID}&b=${FIRST_ID}`);
    await page.locator(".pairs").waitFor();
    expect(await page.locator("#summary").textContent()).toBe("Both took equally long.");
    await page.locator("#only").press("Space");
    await page.locator(".notice", { hasText: "No span differs" }).waitFor();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("is readable: %s, %d", async (colorScheme, width) => {
    const page = await stage.open(`/compare?a=${FIRST_ID}&b=${SECOND_ID}`, { colorScheme, width });
    await page.locator(".pairs").waitFor();
    expect(await inspect(page)).toMatchObject({ lowContrast: [], width, foreignLinks: [] });
  });

  test("says what is wrong with an id, and takes a traceparent", async () => {
    const page = await stage.open("/compare?a=%3Cb%3E");
    await page.locator(".notice.bad", { hasText: "<b> is not a trace id" }).waitFor();
    await page.locator("[name=a]").fill(`00-${FIRST_ID}-00f067aa0ba902b7-01`);
    await page.locator("[name=b]").fill(SECOND_ID);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/compare?a=${FIRST_ID}&b=${SECOND_ID}`);
    await page.locator(".pairs").waitFor();
    await stage.open(`/compare?a=${FIRST_ID}&b=${"1".repeat(32)}`);
    await page.locator(".notice.bad", { hasText: "No span of 1111" }).waitFor();
    // The browser itself logs the answer 404.
    expect(stage.takeFaults().filter((fault) => !fault.includes("404"))).toEqual([]);
  });
});
