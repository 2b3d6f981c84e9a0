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

/** Traces of the demo, by the titles of their scenarios. */
const SHOWN = {
  /** Every kind of span, from the caller to the messages of a socket. */
  trace: "A table game",
  /** An exception in back, seen by both services. */
  error: "An error that nobody planned for",
} as const;

/** @param output What the demo printed. Its links are those that a person would follow. */
export function pagePictures(output: string): readonly PagePicture[] {
  const link = (pattern: RegExp, from = 0): string => {
    const url = output.slice(from).match(pattern)?.[0];
    if (url === undefined) throw new Error(`the demo printed no link ${pattern}:\n${output}`);
    return url;
  };
  const traceOf = (title: string) => link(/http:\S+\/trace\/[0-9a-f]{32}/, output.indexOf(`\n${title}\n`));
  return [
    { name: "error", url: traceOf(SHOWN.error), height: 620, prepare: openSpan },
    { name: "trace", url: traceOf(SHOWN.trace), height: 620, prepare: openSpan },
    {
      name: "traces",
      url: link(/http:\S+\/search/),
      height: 640,
      prepare: (page) => page.locator("main a").first().waitFor(),
    },
    { name: "metrics", url: link(/http:\S+\/metrics/), height: 720, prepare: findDurations },
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
