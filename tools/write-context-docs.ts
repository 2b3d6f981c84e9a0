/** Writes the table of docs/context.md. tests/context/survival.test.ts fails while the page has another one. */
import { readFile, writeFile } from "node:fs/promises";
import { survivalTable } from "@baton/tests/context/survival";

const page = new URL("../docs/context.md", import.meta.url);
const text = await readFile(page, "utf8");
const table = /\| Place \|[\s\S]*\|\n/;
if (!table.test(text)) throw new Error("docs/context.md has no table that begins with `| Place |`");
await writeFile(page, text.replace(table, `${survivalTable()}\n`));
