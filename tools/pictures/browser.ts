/** Makes screenshots that are the same on every machine: one size, one time zone, one language. */
import { existsSync } from "node:fs";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { visibleText } from "./visible-text.ts";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const width = 1280;

export type ColorScheme = "light" | "dark";

export interface Camera extends AsyncDisposable {
  /** @param prepare Brings the page into the state to show. */
  photograph(url: string, look: Look, prepare: (page: Page) => Promise<void>): Promise<Photograph>;
}

export interface Look {
  readonly colorScheme: ColorScheme;
  /** The height of the picture, also when the page is longer. */
  readonly height: number;
}

export interface Photograph {
  readonly png: Uint8Array;
  /** The visible text, for checks. */
  readonly text: string;
}

export async function openCamera(): Promise<Camera> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: flags });
  return {
    async photograph(url, { colorScheme, height }, prepare) {
      const context = await browser.newContext({
        viewport: { width, height },
        // Sharp at the width of a README, and small enough for a repository.
        deviceScaleFactor: 1.5,
        colorScheme,
        locale: "en-GB",
        timezoneId: "UTC",
        reducedMotion: "reduce",
      });
      try {
        return await take(context, url, prepare);
      } finally {
        await context.close();
      }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function take(context: BrowserContext, url: string, prepare: (page: Page) => Promise<void>): Promise<Photograph> {
  const page = await context.newPage();
  await page.goto(url);
  await prepare(page);
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  return { png, text: await visibleText(page) };
}

function findChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  const found = (named ? [named] : places).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no Chromium at ${named ?? places.join(", ")}: set CHROMIUM_PATH`);
  return found;
}
