import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { ROLL, span, trace } from "./traces.ts";

const SHOP_ID = "dbf92f3577b34da6a3ce929d0e0e4736";
/** Front asks a database, and sends a message that a worker takes in a trace of its own. */
const SHOP = trace(
  SHOP_ID,
  span(1, undefined, "front", "GET /buy", 0, 30, { kind: 2 }),
  span(2, 1, "front", "SELECT", 1, 4, { kind: 3, attributes: { "db.system.name": "postgresql" } }),
  span(3, 1, "front", "send orders", 6, 1, { kind: 4, attributes: { "messaging.system": "kafka" } }),
);
const WORK = trace(
  "ebf92f3577b34da6a3ce929d0e0e4736",
  span(4, undefined, "worker", "process orders", 9, 12, {
    kind: 5,
    links: [{ traceId: SHOP_ID, spanId: "0000000000000003" }],
  }),
);

describe.skipIf(CHROMIUM === undefined)("the map of services in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  test("without a trace says what to do", async () => {
    const page = await stage.open("/map?lookback=6h");
    await page.locator(".empty", { hasText: "No trace to draw a map of" }).waitFor();
    expect(await page.locator(".empty a").getAttribute("href")).toBe("/search?lookback=6h");
    for (const sent of [ROLL, SHOP, WORK]) await stage.send(sent);
  });

  test("says who calls whom, over what, how often, how slow, and what fails", async () => {
    const page = await stage.open("/map");
    await page.locator("#summary", { hasText: "4 services in 3 traces" }).waitFor();
    const cells = await page.locator(".calls tbody tr").all();
    const rows = await Promise.all(cells.map((row) => row.locator("td").allTextContents()));
    expect(rows.map((row) => row.join(" | ")).sort()).toEqual([
      "front | back | unknown | 1 | 1 (100 %) | 12 ms | 12 ms | 12 ms",
      "front | postgresql | postgresql | 1 | none | 4 ms | 4 ms | 4 ms",
      "front | worker | kafka | 1 | none | 12 ms | 12 ms | 12 ms",
    ]);
    expect(await page.locator(".map .arrow.failed title").textContent()).toBe(
      "front → back: 1 call, 1 failed, 95 % within 12 ms",
    );
    expect(await page.locator(".map .outside title").textContent()).toBe("postgresql: sends no spans");
  });

  test("shows the traces of a search, and leads from a service to its traces with the keyboard", async () => {
    const page = await stage.open("/search?service=worker");
    await page.locator("#summary", { hasText: "1 trace" }).waitFor();
    await page.locator("#map").click();
    await page.waitForURL("**/map?service=worker");
    await page.locator("#summary", { hasText: "1 service in 1 trace" }).waitFor();
    await stage.open("/map");
    await page.locator(".map a").first().waitFor();
    await page.locator(".map a", { hasText: "back" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?service=back");
  });

  test.each([
    ["light", 1600],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("is readable: %s, %d", async (colorScheme, width) => {
    const page = await stage.open("/map", { colorScheme, width });
    await page.locator(".calls").waitFor();
    expect(await inspect(page)).toMatchObject({ lowContrast: [], width, foreignLinks: [] });
  });
});
