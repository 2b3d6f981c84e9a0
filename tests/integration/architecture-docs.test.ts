import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(`${root}docs/architecture.md`, "utf8");

/** The paths in the first block of the page: a line below a folder that begins with two more spaces lies in it. */
function pathsOfPlan(): string[] {
  const [, block = ""] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
  const folders: string[] = [];
  return block.split("\n").flatMap((line) => {
    const [, indent = "", name] = /^( *)(\S+)/.exec(line) ?? [];
    if (name === undefined) return [];
    folders.splice(indent.length / 2);
    const path = folders.join("") + name;
    folders.push(name);
    return [path];
  });
}

test("each path in docs/architecture.md is there", () => {
  const paths = pathsOfPlan();
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(root + path))).toEqual([]);
});

test("each package is in docs/architecture.md, and so is each folder of tests and tools", async () => {
  const folders = await Promise.all(
    ["services", "shared", "tests", "tools"].map(async (folder) => {
      const entries = await readdir(root + folder, { withFileTypes: true });
      const inside = entries.filter((entry) => entry.isDirectory() && entry.name !== "node_modules");
      return inside.map(({ name }) => `${folder}/${name}/`);
    }),
  );
  const paths = new Set(pathsOfPlan());
  expect(folders.flat().filter((folder) => !paths.has(folder))).toEqual([]);
});
