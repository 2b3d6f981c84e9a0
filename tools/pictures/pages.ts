/** Which pages of the viewer are photographed, and in which state. */
import type { Page } from "playwright-core";

export interface PagePicture {
  /** `trace`, of which `trace-light.png` and `trace-dark.png` are made. */
  readonly name: string;
  readonly url: string;
  /** The picture ends here, also where the page goes on. */
  readonly height: number;
  readonly prepare: (page: Page) => Promise<void>;
}

/** A trace that has every kind of span, from the caller to the messages of a socket. */
const shownTrace = "A table game";

/** @param output What the demo printed. Its links are those that a person would follow. */
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

/** The span that back makes by hand: its attributes and its event are short and readable. */
async function openSpan(page: Page): Promise<void> {
  await page.locator(".row", { hasText: "roll dice" }).first().click();
}

/** What front measured of its requests and of its calls, side by side. */
async function findDurations(page: Page): Promise<void> {
  await page.locator(".metric-grid").first().waitFor();
  await page.locator("#find").fill("front duration");
}
