import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageAssets } from "./assets.ts";

const assets = await pageAssets();
const pages = ["/search", "/trace", "/map", "/compare", "/missing", "/logs", "/metrics"];

test("the pages, scripts, styles and the icon exist, each with its content type", () => {
  const types = Object.fromEntries([...assets].map(([path, { type }]) => [path, type]));
  expect(types).toMatchObject({
    "/search": "text/html; charset=utf-8",
    "/trace": "text/html; charset=utf-8",
    "/metrics": "text/html; charset=utf-8",
    "/assets/base.css": "text/css; charset=utf-8",
    "/assets/search.js": "text/javascript; charset=utf-8",
    "/assets/icon.svg": "image/svg+xml",
  });
});

describe.each(pages)("%s", (path) => {
  const html = String(assets.get(path)?.body);

  test("refers only to assets that exist", () => {
    const asked = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, asset]) => asset ?? "");
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((asset) => !assets.has(asset))).toEqual([]);
  });

  test("contains nothing that the Content-Security-Policy forbids", () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:/);
  });
});

test("scripts import only scripts that exist", () => {
  const scripts = [...assets].filter(([path]) => path.endsWith(".js"));
  const imported = scripts.flatMap(([, { body }]) => [...String(body).matchAll(/from"\.\/([^"]+)"/g)]);
  expect(imported.length).toBeGreaterThan(0);
  for (const [, name] of imported) expect([...assets.keys()]).toContain(`/assets/${name}`);
});

test("the assets are the same from any working directory", () => {
  const code = `const { pageAssets } = await import(${JSON.stringify(join(import.meta.dir, "assets.ts"))});
    console.log((await pageAssets()).size)`;
  const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", code], { cwd: tmpdir() });
  expect([stdout.toString().trim(), stderr.toString()]).toEqual([String(assets.size), ""]);
});
