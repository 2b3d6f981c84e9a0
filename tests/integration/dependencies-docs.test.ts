import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

test("docs/dependencies.md explains each dependency, and no other", async () => {
  const { workspaces } = JSON.parse(await read("package.json")) as { workspaces: { catalog: Record<string, string> } };
  const rows = (await read("docs/dependencies.md")).split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => (row.split("|")[1] ?? "").match(/[^`\s,]+/g) ?? []);
  expect(named.toSorted()).toEqual(Object.keys(workspaces.catalog).toSorted());
});
