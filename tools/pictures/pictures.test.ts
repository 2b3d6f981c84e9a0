/** The committed pictures, and the texts that decide what is in them. */
import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";
import { scenarios } from "@baton/demo/scenarios";
import { assertAnonymous } from "./anonymous.ts";
import { terminalPictures } from "./sections.ts";

const maxBytes = 200 * 1024;
const pictures = (await readdir(join(root, "docs/pictures"))).sort();

describe("docs/pictures", () => {
  test("has the pictures of the documents, light and dark, and no others", async () => {
    const shown = new Set<string>();
    const documents = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
    for (const path of ["README.md", ...documents.map((name) => join("docs", name))]) {
      const text = await Bun.file(join(root, path)).text();
      for (const [, name = ""] of text.matchAll(/["(](?:docs\/)?pictures\/([\w-]+\.(?:svg|png))[")]/g)) shown.add(name);
    }
    expect([...shown].sort()).toEqual(pictures);
    for (const name of pictures) expect(pictures).toContain(name.replace(/light|dark/, (scheme) => other(scheme)));
  });

  test.each(pictures)("%s is small", (name) => {
    expect(Bun.file(join(root, "docs/pictures", name)).size).toBeLessThan(maxBytes);
  });
});

function other(scheme: string): string {
  return scheme === "light" ? "dark" : "light";
}

describe("a picture with the name of a machine or a folder is refused", () => {
  const machine = { name: "vm", folders: ["/srv/baton/", "/"] };

  test.each(["at /srv/baton/services/back", "file:///home/ann/x", "host.name\nvm\nos.type"])(
    "%j is refused",
    (text) => {
      expect(() => assertAnonymous("x.svg", text, machine)).toThrow("x.svg would show");
    },
  );

  test.each(["vms and tvm", "vm-1", "http://localhost:3000/trace"])("%j is accepted", (text) => {
    expect(() => assertAnonymous("x.svg", text, machine)).not.toThrow();
    expect(() => assertAnonymous("x.svg", text, { ...machine, name: "localhost" })).not.toThrow();
  });
});

test("the output of the demo is cut at its titles", () => {
  const titled = scenarios.flatMap(({ title }) => [`\u001b[1m${title}\u001b[22m`, `  of ${title}`, ""]);
  const output = ["Baton: one request, one trace", "", ...titled, "What the services measured", "  12", ""];
  const end = ["The services run until Ctrl+C. Try it yourself:"];
  const [terminal, signals] = terminalPictures([...output, ...end].join("\n"));
  expect(terminal?.lines.map((line) => Bun.stripANSI(line))).toEqual([
    "Baton: one request, one trace",
    "",
    "A plain roll",
    "  of A plain roll",
    "",
    "A list of rolls",
    "  of A list of rolls",
  ]);
  expect(signals?.lines.map((line) => Bun.stripANSI(line))).toEqual([
    "An unexpected error",
    "  of An unexpected error",
    "",
    "…",
    "",
    "What the services measured",
    "  12",
  ]);
  expect(() => terminalPictures(output.join("\n"))).toThrow("did not print");
});
