import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { span, trace } from "./traces.ts";

const MANY_ID = "4cf92f3577b34da6a3ce929d0e0e4736";
/** Enough services that every hue is used. */
const MANY = trace(
  MANY_ID,
  span(1, undefined, "service-0", "begin", 0, 200),
  ...Array.from({ length: 150 }, (_, index) => span(index + 2, 1, `service-${index + 1}`, "work", index, 2)),
);

const LIGHT = "rgb(247, 246, 243)";
const DARK = "rgb(18, 20, 25)";

describe.skipIf(CHROMIUM === undefined)("how the pages look", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await stage.send(MANY);
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  test.each(["light", "dark"] as const)("every hue can be read in %s", async (colorScheme) => {
    const page = await stage.open(`/trace/${MANY_ID}`, { colorScheme });
    await page.locator(".row").first().waitFor();
    // What is out of sight is not drawn, and not looked at: a window that is high enough shows all of it.
    await page.setViewportSize({ width: 1280, height: 6_000 });
    const classes = await page.locator(".row").evaluateAll((rows) => rows.map((row) => row.className));
    expect(new Set(classes).size).toBe(20);
    expect((await inspect(page)).lowContrast).toEqual([]);
  });

  test("the theme is the system's, or light, or dark, and is remembered", async () => {
    const page = await stage.open("/logs", { colorScheme: "dark" });
    const theme = page.locator(".theme");
    const ground = async () => (await inspect(page)).ground;
    await page.locator(".theme[title='Theme: system']").waitFor();
    expect(await ground()).toBe(DARK);
    await theme.press("Enter");
    expect([await theme.getAttribute("aria-label"), await ground()]).toEqual(["Theme: light", LIGHT]);
    await stage.open("/metrics", { colorScheme: "dark" });
    await page.locator(".theme[title='Theme: light']").waitFor();
    expect(await ground()).toBe(LIGHT);
    await theme.press("Enter");
    await page.emulateMedia({ colorScheme: "light" });
    expect([await theme.getAttribute("aria-label"), await ground()]).toEqual(["Theme: dark", DARK]);
    await theme.press("Enter");
    expect([await theme.getAttribute("aria-label"), await ground()]).toEqual(["Theme: system", LIGHT]);
  });

  test("a path that is no page says which pages there are, and a program gets a line", async () => {
    const page = await stage.open("/traces");
    for (const [width, colorScheme] of [
      [1280, "light"],
      [360, "dark"],
    ] as const) {
      await stage.open("/traces", { width, colorScheme });
      await page.locator("h1", { hasText: "There is no such page" }).waitFor();
      expect(await inspect(page)).toMatchObject({ lowContrast: [], width, foreignLinks: [] });
    }
    const [plain, missing] = await Promise.all(
      ["/traces", "/missing"].map((path) => fetch(`${stage.viewer.url}${path}`)),
    );
    expect([plain?.status, await plain?.text(), missing?.status]).toEqual([404, "There is no such page.\n", 404]);
    await page.locator(".pages a", { hasText: "Map" }).press("Enter");
    await page.waitForURL("**/map");
    // The browser itself logs the answer 404.
    expect(stage.takeFaults().filter((fault) => !fault.includes("404"))).toEqual([]);
  });
});
