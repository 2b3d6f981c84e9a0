/** What a browser gets of the page at /. An image has it built, beside the bundle; from the sources it is built when it is first asked for. */
import { join } from "node:path";
import type { PageAssets } from "./build.ts";

/** One for the process: the sources do not change while it runs. */
let assets: Promise<PageAssets> | undefined;

/** @throws AggregateError when the script cannot be bundled. */
export function pageAssets(): Promise<PageAssets> {
  assets ??= readBuilt(join(import.meta.dir, "page.json"));
  return assets;
}

/** The builder is not in the bundle: it needs the sources. */
async function readBuilt(path: string): Promise<PageAssets> {
  const file = Bun.file(path);
  if (await file.exists()) return file.json();
  const { buildPage } = await import(join(import.meta.dir, "build.ts"));
  return buildPage();
}
