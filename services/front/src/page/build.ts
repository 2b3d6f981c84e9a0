/** Builds the page at /: its HTML, its script and its styles. `bun build.ts FILE` writes them for an image. */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Asset {
  readonly body: string;
  /** The value of `content-type`. */
  readonly type: string;
}

/** By the path of the URL: `/`, and `/assets/…`. */
export type PageAssets = Readonly<Record<string, Asset>>;

/** @throws AggregateError when the script cannot be bundled. */
export async function buildPage(): Promise<PageAssets> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "client/main.ts")],
    target: "browser",
    minify: true,
    naming: "page.js",
  });
  const scripts = outputs.map(async (file) => [
    `/assets/${basename(file.path)}`,
    { body: await file.text(), type: "text/javascript; charset=utf-8" },
  ]);
  const styles = [
    ["base", fromViewer("base.css")],
    ["trace", fromViewer("trace.css")],
    ["page", join(import.meta.dir, "style/page.css")],
    ["board", join(import.meta.dir, "style/board.css")],
    ["wire", join(import.meta.dir, "style/wire.css")],
    ["lab", join(import.meta.dir, "style/lab.css")],
    ["queue", join(import.meta.dir, "style/queue.css")],
  ].map(async ([name, path = ""]) => [
    `/assets/${name}.css`,
    { body: await Bun.file(path).text(), type: "text/css; charset=utf-8" },
  ]);
  return Object.fromEntries([
    ["/", { body: await Bun.file(join(import.meta.dir, "page.html")).text(), type: "text/html; charset=utf-8" }],
    ["/assets/icon.svg", { body: await Bun.file(fromViewer("icon.svg")).text(), type: "image/svg+xml" }],
    ...(await Promise.all([...scripts, ...styles])),
  ]);
}

function fromViewer(name: string): string {
  return fileURLToPath(import.meta.resolve(`@baton/viewer/page/${name}`));
}

const [, , file] = process.argv;
if (import.meta.main && file !== undefined) await Bun.write(file, JSON.stringify(await buildPage()));
