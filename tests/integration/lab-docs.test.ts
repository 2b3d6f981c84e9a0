import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { faults } from "@baton/demo/lab/faults";

test("docs/lab.md has each fault, where it is made, what one sees and its cause", async () => {
  const page = await readFile(new URL("../../docs/lab.md", import.meta.url), "utf8");
  const rows = page.slice(page.indexOf("\n## The faults\n")).match(/^\| `.*$/gm);
  // The heading of the table is the first.
  expect(rows?.slice(1)).toEqual(
    faults.map(({ id, where, symptom, cause }) => `| \`${id}\` | ${where} | ${symptom} | \`${cause}\` |`),
  );
});
