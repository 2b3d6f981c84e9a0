/** A real browser for the tests of front's page. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of the browser; `undefined`, with a warning, when there is none. */
export const chromiumPath = findChromium();

const waitMs = 15_000;

export interface Look {
  /** @default 1400 */
  readonly width?: number;
  /** @default "light" */
  readonly colorScheme?: "light" | "dark";
}

export interface BrowserStage extends AsyncDisposable {
  /** A page of its own, at the address. */
  open(url: string, look?: Look): Promise<Page>;
  /** Faults since the last call: errors, violations of the policy, requests to other servers. */
  takeFaults(): readonly string[];
}

/** @param script Runs in each page before its own. */
export async function startBrowser(script: string): Promise<BrowserStage> {
  const browser = await launchBrowser();
  const faults: string[] = [];
  return {
    open: (url, look) => openPage(browser, script, url, look, (fault) => faults.push(fault)),
    takeFaults: () => faults.splice(0),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** @param more Arguments of Chromium. */
export function launchBrowser(...more: readonly string[]): Promise<Browser> {
  const usual = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  return chromium.launch({ executablePath: chromiumPath ?? "", args: [...usual, ...more] });
}

async function openPage(
  browser: Browser,
  script: string,
  url: string,
  { width = 1400, colorScheme = "light" }: Look = {},
  report: (fault: string) => void,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
  context.setDefaultTimeout(waitMs);
  await context.addInitScript(script);
  const page = await context.newPage();
  page.on("console", (message) => {
    // The browser itself logs each answer that is an error, which many scenarios are.
    const isAnswer = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isAnswer) report(message.text());
  });
  page.on("pageerror", (error) => report(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) report(`a request to ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  const found = (named ? [named] : places).find((path) => existsSync(path));
  if (found === undefined) console.warn("Skipped: the tests of front's page need a Chromium. Set CHROMIUM_PATH.");
  return found;
}
