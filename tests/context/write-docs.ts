/** Writes the table of `docs/context.md` anew. The test beside it fails while the page shows another one. */
import { readFile, writeFile } from "node:fs/promises";
import { survivalTable } from "./survival.ts";

const page = new URL("../../docs/context.md", import.meta.url);
const text = await readFile(page, "utf8");
const table = /\| Place \|[\s\S]*\|\n/;
if (!table.test(text)) throw new Error("docs/context.md has no table that begins with `| Place |`");
await writeFile(page, text.replace(table, `${survivalTable()}\n`));
