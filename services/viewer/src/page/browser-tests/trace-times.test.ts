import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { ROLL, ROLL_ID, span, trace } from "./traces.ts";

const SKEWED_ID = "1cf92f3577b34da6a3ce929d0e0e4736";
/** The clock of back is behind. */
const SKEWED = trace(
  SKEWED_ID,
  span(1, undefined, "front", "GET /", 1000, 100, { kind: 3 }),
  span(2, 1, "back", "Roll", 0, 60, { kind: 2 }),
);

const MANY_ID = "2cf92f3577b34da6a3ce929d0e0e4736";
const MANY = trace(
  MANY_ID,
  span(1, undefined, "service-0", "begin", 0, 50),
  ...Array.from({ length: 39 }, (_, index) =>
    span(index + 2, 1, `service-${index + 1}-with-a-rather-long-name`, "work", index, 2),
  ),
);

const GROWING_ID = "3cf92f3577b34da6a3ce929d0e0e4736";
/** Long ago, so that the page does not wait for more of it. */
const LONG_AGO = -3_600_000;

describe.skipIf(CHROMIUM === undefined)("the times of a trace in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    for (const sent of [ROLL, SKEWED, MANY]) await stage.send(sent);
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  async function openTrace(id: string, look: { readonly width?: number } = {}): Promise<Page> {
    const page = await stage.open(`/trace/${id}`, look);
    await page.locator(".row").first().waitFor();
    return page;
  }

  const axisOf = (page: Page) => page.locator(".ticks").getAttribute("aria-label");

  test("zooms with the keyboard around the span that has the focus, and back", async () => {
    const page = await openTrace(ROLL_ID);
    expect(await axisOf(page)).toBe("Time, 14 ms in all");
    await page.locator(".row").first().focus();
    await page.keyboard.press("End");
    await page.keyboard.press("+");
    expect(await axisOf(page)).toBe("Time, 7 ms from 3.5 ms");
    expect(await page.locator(".minimap [role=status]").textContent()).toBe("3.5 ms to 10.5 ms");
    await page.keyboard.press("+");
    await page.keyboard.press("-");
    expect(await axisOf(page)).toBe("Time, 7 ms from 3.5 ms");
    await page.keyboard.press("0");
    expect(await axisOf(page)).toBe("Time, 14 ms in all");
    expect(await page.locator(".row:focus .operation").textContent()).toBe("roll dice");
  });

  test.each([1280, 360])(
    "zooms to what is dragged over in the strip, %d wide, and says where spans out of sight are",
    async (width) => {
      const page = await openTrace(ROLL_ID, { width });
      const strip = await page.locator(".minimap svg").boundingBox();
      if (!strip) throw new Error("no strip");
      const x = (share: number) => strip.x + strip.width * share;
      await page.mouse.move(x(13 / 14 + 0.01), strip.y + 10);
      await page.mouse.down();
      await page.mouse.move(x(0.995), strip.y + 20);
      await page.mouse.up();
      await page.locator(".minimap.zoomed").waitFor();
      expect(await page.locator(".row .bar").count()).toBe(1);
      expect(await page.locator(".row .duration").allTextContents()).toEqual(["14 ms", "← 12 ms", "← 8 ms", "← 6 ms"]);
      expect(await inspect(page)).toMatchObject({ lowContrast: [], width });
      await page.getByText("Whole trace").click();
      expect(await page.locator(".row .bar").count()).toBe(4);
    },
  );

  test("shows the critical path, and not when it is switched off", async () => {
    const page = await openTrace(ROLL_ID);
    expect(await page.locator(".critical").count()).toBe(7);
    await page.getByRole("button", { name: "Critical path" }).press("Enter");
    expect(await page.locator(".critical").count()).toBe(0);
    expect(await page.locator("[aria-pressed]").getAttribute("aria-pressed")).toBe("false");
  });

  test("says that clocks differ, and corrects the times by a switch", async () => {
    const page = await openTrace(SKEWED_ID);
    await page.locator(".skews", { hasText: "The clock of back is about 1.02 s behind." }).waitFor();
    expect(await page.locator(".facts strong").first().textContent()).toBe("1.1 s");
    await page.locator("#clocks").press("Space");
    await page.locator(".facts strong", { hasText: "100 ms" }).waitFor();
    expect(await page.locator("#clocks:focus").isChecked()).toBeTrue();
    expect(await page.locator(".mark.warn").count()).toBe(0);
    await page.locator("#clocks").press("Space");
    await page.locator(".facts strong", { hasText: "1.1 s" }).waitFor();
  });

  test.each([1280, 360])("leaves room for the spans of forty services, %d wide", async (width) => {
    const page = await openTrace(MANY_ID, { width });
    expect((await page.locator(".row").first().boundingBox())?.y).toBeLessThan(width === 1280 ? 560 : 800);
    await page.getByText("and 32 more services").click();
    expect(await page.locator(".legend li").count()).toBe(40);
  });

  test("goes on filling while spans arrive, and keeps what is folded, found and zoomed", async () => {
    const old = trace(
      GROWING_ID,
      span(1, undefined, "front", "long job", LONG_AGO, 50),
      span(2, 1, "front", "step 1", LONG_AGO, 9),
      span(3, 2, "front", "part", LONG_AGO, 4),
    );
    await stage.send(old);
    const page = await stage.open(`/trace/${GROWING_ID}`);
    await page.clock.install();
    await page.reload();
    await page.locator(".row").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("+");
    await page.locator(".find input").fill("part");
    await stage.send(trace(GROWING_ID, span(4, 1, "back", "step 2", LONG_AGO + 20, 9)));
    await page.clock.runFor(6_000);
    await page.locator(".row", { hasText: "step 2" }).waitFor();
    expect(await page.locator(".row:visible .operation").allTextContents()).toEqual(["long job", "step 1", "step 2"]);
    expect(await page.locator(".minimap.zoomed").count()).toBe(1);
    expect(await page.locator(".find input").inputValue()).toBe("part");
    await stage.send(trace(GROWING_ID, span(5, 1, "back", "step 3", LONG_AGO + 30, 9)));
    await page.locator("#refresh").press("Enter");
    await page.locator(".row", { hasText: "step 3" }).waitFor();
    await page.locator("#refresh:focus").waitFor();
  });

  test("prints its spans and details, and nothing that only a screen can use", async () => {
    const page = await stage.open(`/trace/${ROLL_ID}#span=0000000000000004`, { colorScheme: "dark" });
    await page.locator(".details .events").waitFor();
    await page.emulateMedia({ media: "print" });
    try {
      expect(await page.locator(".top, .tools button, .find, .minimap").filter({ visible: true }).count()).toBe(0);
      expect(await page.locator(".row").filter({ visible: true }).count()).toBe(4);
      expect(await page.locator(".details").evaluate((element) => element.scrollHeight - element.clientHeight)).toBe(0);
      expect((await inspect(page)).ground).toBe("rgb(255, 255, 255)");
      expect((await inspect(page)).lowContrast).toEqual([]);
    } finally {
      await page.emulateMedia({ media: null });
    }
  });
});
