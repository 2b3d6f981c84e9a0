/** `bun run pictures`: makes every picture of docs/pictures, from a demo and a doctor that really run. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";
import { assertAnonymous } from "./anonymous.ts";
import { openCamera } from "./browser.ts";
import { columns, startDemo } from "./demo-in-terminal.ts";
import { reportOfDoctor } from "./doctor-in-terminal.ts";
import { type PagePicture, pagePictures } from "./pages.ts";
import { type TerminalLines, terminalPictures } from "./sections.ts";
import { palettes, renderTerminalSvg } from "./terminal-svg.ts";

const folder = join(root, "docs/pictures");

await mkdir(folder, { recursive: true });
// Before the demo, which has the same ports.
await drawTerminals([{ name: "doctor", title: "bun run doctor", lines: await reportOfDoctor() }]);
await using demo = startDemo();
await demo.up;
await drawTerminals(terminalPictures(demo.output()));
await photographPages(pagePictures(Bun.stripANSI(demo.output())));

async function drawTerminals(pictures: readonly TerminalLines[]): Promise<void> {
  for (const { name, title, lines } of pictures) {
    for (const [scheme, palette] of Object.entries(palettes)) {
      const svg = renderTerminalSvg({ title, columns, lines, palette });
      await save(`${name}-${scheme}.svg`, svg, svg);
    }
  }
}

async function photographPages(pictures: readonly PagePicture[]): Promise<void> {
  await using camera = await openCamera();
  for (const { name, url, height, prepare } of pictures) {
    for (const colorScheme of ["light", "dark"] as const) {
      const { png, text } = await camera.photograph(url, { colorScheme, height }, prepare);
      await save(`${name}-${colorScheme}.png`, png, text);
    }
  }
}

async function save(name: string, picture: string | Uint8Array, text: string): Promise<void> {
  assertAnonymous(name, text);
  await Bun.write(join(folder, name), picture);
  console.log(`docs/pictures/${name}  ${Math.ceil(picture.length / 1024)} KiB`);
}
