/** A real viewer and a real browser for the tests of the pages. */

import { setDefaultTimeout } from "bun:test";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { type GroupSpec, postJson, traceRequest } from "../../testing/otlp.ts";
import { startViewer, type Viewer } from "../../viewer.ts";
import { buildInspector } from "./inspector.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// A wait must give up before its test does: Bun ends the browser together with a test that takes too long.
const WAIT_MS = 10_000;
setDefaultTimeout(2 * WAIT_MS);

/** The path of the browser; `undefined`, with a warning, when there is none. */
export const CHROMIUM = findChromium();

export interface Look {
  /** @default 1280 */
  readonly width?: number;
  /** @default "light" */
  readonly colorScheme?: "light" | "dark";
}

export interface Stage {
  readonly viewer: Viewer;
  /** Sends a trace over OTLP. */
  readonly send: (trace: readonly GroupSpec[]) => Promise<void>;
  readonly post: (path: string, body: object) => Promise<void>;
  /** The only page of the browser, loaded again from a path of the viewer. */
  readonly open: (path: string, look?: Look) => Promise<Page>;
  /** Faults since the last call: errors, policy violations, dialogs, requests to other servers. */
  readonly takeFaults: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** @param token What the viewer asks for. @default nothing */
export async function startStage(token?: string): Promise<Stage> {
  const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0, token });
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ARGUMENTS });
  const faults: string[] = [];
  const page = await openPage(browser);
  watch(page, viewer.url, (fault) => faults.push(fault));
  const post = async (path: string, body: object) => {
    const response = await postJson(viewer.otlpUrl, path, body);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  };
  return {
    viewer,
    post,
    send: (trace) => post("/v1/traces", traceRequest(...trace)),
    open: async (path, { width = 1280, colorScheme = "light" } = {}) => {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      // A path that differs only in its hash would not load again.
      await page.goto("about:blank");
      await page.goto(viewer.url + path);
      return page;
    },
    takeFaults: () => faults.splice(0),
    stop: async () => {
      await browser.close();
      await viewer.stop();
    },
  };
}

async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  context.setDefaultTimeout(WAIT_MS);
  await context.addInitScript(await buildInspector());
  return context.newPage();
}

function watch(page: Page, origin: string, report: (fault: string) => void): void {
  // Violations of the Content-Security-Policy are among the console's errors.
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") report(message.text());
  });
  page.on("pageerror", (error) => report(String(error)));
  page.on("dialog", (dialog) => report(`a dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && url !== "about:blank") report(`a request to ${url}`);
  });
}

function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  const found = (named ? [named] : PLACES).find((path) => existsSync(path));
  if (found === undefined) {
    const where = named ? `CHROMIUM_PATH is ${named}, which is not there` : `none of ${PLACES.join(", ")} is there`;
    console.warn(`Skipped: the tests of the viewer's pages need a Chromium, and ${where}. Set CHROMIUM_PATH.`);
  }
  return found;
}
