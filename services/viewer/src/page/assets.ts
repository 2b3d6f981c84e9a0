/** Everything the browser gets from the viewer besides data: seven pages and their scripts, styles and icon. */
import { basename, join } from "node:path";
import { renderShell, type Shell } from "./shell.ts";

export interface Asset {
  readonly body: string | Uint8Array;
  /** The value of `content-type`. */
  readonly type: string;
}

const PAGES: readonly Omit<Shell, "main">[] = [
  { page: "search", title: "Traces · Baton" },
  { page: "trace", title: "Trace · Baton" },
  { page: "map", title: "Map · Baton" },
  { page: "logs", title: "Logs · Baton" },
  { page: "metrics", title: "Metrics · Baton" },
  { page: "compare", title: "Compare · Baton" },
  { page: "missing", title: "No such page · Baton" },
];

/**
 * The pages by the path of their URL: `/search`, `/trace` (for every `/trace/{id}`), `/map`, `/logs`, `/metrics`,
 * `/compare`, `/missing` (for every other path), and `/assets/…`.
 * The client's TypeScript is bundled on each call, so the service needs no build step.
 * @throws AggregateError when the client's code does not bundle
 */
export async function pageAssets(): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const shell of PAGES) {
    const main = await readHere(`html/${shell.page}.html`);
    assets.set(`/${shell.page}`, { body: renderShell({ ...shell, main }), type: "text/html; charset=utf-8" });
  }
  for (const name of ["base", "search", "trace", "map", "logs", "metrics", "compare"]) {
    assets.set(`/assets/${name}.css`, { body: await readHere(`style/${name}.css`), type: "text/css; charset=utf-8" });
  }
  assets.set("/assets/icon.svg", { body: await readHere("icon.svg"), type: "image/svg+xml" });
  for (const [path, body] of await bundleClient()) {
    assets.set(path, { body, type: "text/javascript; charset=utf-8" });
  }
  return assets;
}

/** One script for each page, and the chunks that they share. */
async function bundleClient(): Promise<readonly (readonly [path: string, code: string])[]> {
  const built = await Bun.build({
    entrypoints: PAGES.map(({ page }) => here(`client/${page}.ts`)),
    target: "browser",
    splitting: true,
    minify: true,
    naming: { entry: "[name].js", chunk: "[name]-[hash].js" },
  });
  return Promise.all(built.outputs.map(async (file) => [`/assets/${basename(file.path)}`, await file.text()] as const));
}

function here(path: string): string {
  return join(import.meta.dir, path);
}

function readHere(path: string): Promise<string> {
  return Bun.file(here(path)).text();
}
