/** Measures a page in the browser. The code that runs there is in `client/testing`, with the types of the browser. */
import { join } from "node:path";
import type { Page } from "playwright-core";

export interface Inspection {
  /** Texts with less contrast than WCAG allows, each with its ratio. */
  readonly lowContrast: readonly string[];
  /** What lies under everything. */
  readonly ground: string;
  /** Wider than the window means that one must scroll sideways. */
  readonly width: number;
  /** Targets of links that leave this server or run code. */
  readonly foreignLinks: readonly string[];
  /** Set by hostile content, if it ran. */
  readonly pwned: boolean;
}

/** The script that a page needs for `inspect`. */
export async function buildInspector(): Promise<string> {
  const entry = join(import.meta.dir, "../client/testing/inspect.ts");
  const { outputs } = await Bun.build({ entrypoints: [entry], target: "browser", format: "iife" });
  return (await outputs[0]?.text()) ?? "";
}

export function inspect(page: Page): Promise<Inspection> {
  return page.evaluate<Inspection>("inspectPage()");
}
