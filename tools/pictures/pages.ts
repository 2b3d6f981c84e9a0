/** The pages of the viewer in the pictures, and their state. */
import type { Page } from "playwright-core";

export interface PagePicture {
  /** `trace` for `trace-light.png` and `trace-dark.png`. */
  readonly name: string;
  readonly url: string;
  /** The height of the picture, also when the page is longer. */
  readonly height: number;
  readonly prepare: (page: Page) => Promise<void>;
}

/** A trace that has every kind of span, from the caller to the messages of a socket. */
const shownTrace = "A table game";

/** @param output The output of the demo, which has the links. */
export function pagePictures(output: string): readonly PagePicture[] {
  const trace = output.slice(output.indexOf(`\n${shownTrace}\n`)).match(/http:\S+\/trace\/[0-9a-f]{32}/)?.[0];
  const search = output.match(/http:\S+\/search/)?.[0];
  const metrics = output.match(/http:\S+\/metrics/)?.[0];
  if (!trace || !search || !metrics) throw new Error(`the demo printed no link to a trace or a page:\n${output}`);
  return [
    { name: "trace", url: trace, height: 620, prepare: openSpan },
    { name: "traces", url: search, height: 640, prepare: (page) => page.locator("main a").first().waitFor() },
    { name: "metrics", url: metrics, height: 720, prepare: findDurations },
  ];
}

/** The manual span of back: its attributes and its event are short and readable. */
async function openSpan(page: Page): Promise<void> {
  await page.locator(".row", { hasText: "roll dice" }).first().click();
}

/** The durations of front's requests and of its calls, side by side. */
async function findDurations(page: Page): Promise<void> {
  await page.locator(".metric-grid").first().waitFor();
  await page.locator("#find").fill("front duration");
}
