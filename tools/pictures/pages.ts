/** The pages of the viewer and of front in the pictures, and their state. */
import { findScenario } from "@baton/demo/scenarios";
import type { Page } from "playwright-core";

export interface PagePicture {
  /** `trace` for `trace-light.png` and `trace-dark.png`. */
  readonly name: string;
  readonly url: string;
  /** The height of the picture, also when the page is longer. */
  readonly height: number;
  readonly prepare: (page: Page) => Promise<void>;
}

/** Traces of the demo, by the ids of their scenarios. */
const SHOWN = {
  /** Every kind of span, from the caller to the messages of a socket. */
  trace: "table-game",
  /** An exception in back, seen by both services. */
  error: "back-fails",
} as const;

/** @param output The output of the demo, which has the links. */
export function pagePictures(output: string): readonly PagePicture[] {
  const link = (pattern: RegExp, from = 0): string => {
    const url = output.slice(from).match(pattern)?.[0];
    if (url === undefined) throw new Error(`the demo printed no link ${pattern}:\n${output}`);
    return url;
  };
  const traceOf = (id: string) =>
    link(/http:\S+\/trace\/[0-9a-f]{32}/, output.indexOf(`\n${findScenario(id).title}\n`));
  return [
    { name: "error", url: traceOf(SHOWN.error), height: 620, prepare: openSpan },
    { name: "trace", url: traceOf(SHOWN.trace), height: 620, prepare: openSpan },
    {
      name: "traces",
      url: link(/http:\S+\/search/),
      height: 640,
      prepare: (page) => page.locator(".trace-list a").first().waitFor(),
    },
    { name: "metrics", url: link(/http:\S+\/metrics/), height: 720, prepare: findDurations },
    { name: "lab", url: link(/(?<=^ *front +)http:\S+/m), height: 500, prepare: breakTrace },
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

/** A fault, with its two traces and the diagnosis. */
async function breakTrace(page: Page): Promise<void> {
  const fault = page.locator("#fault-header-dropped");
  await fault.locator("button.primary").click();
  await fault.locator("button.primary:enabled").waitFor();
  await page.locator("#break .stage .finding").first().waitFor();
  await page.locator(".waiting").waitFor({ state: "detached" });
  await page.locator("#break").evaluate((section) => section.scrollIntoView());
}
