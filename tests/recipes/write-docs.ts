/** Writes the code of docs/recipes.md anew from the files beside this one: `bun tests/recipes/write-docs.ts`. */
import { readFile, writeFile } from "node:fs/promises";

export const recipesPage = new URL("../../docs/recipes.md", import.meta.url);

/** A link to a recipe on a line of its own, and the block of code below it. */
const block = /^\[`[^`]+`\]\(\.\.\/tests\/recipes\/([\w.-]+)\)\n\n```(\w+)\n[\s\S]*?^```$/gm;

/** The page with the code as it is in the files. */
export async function withCurrentCode(page: string): Promise<string> {
  let result = page;
  for (const [old, file = "", language = ""] of page.matchAll(block)) {
    const code = await readFile(new URL(file, import.meta.url), "utf8");
    const link = old.slice(0, old.indexOf("\n"));
    result = result.replace(old, () => `${link}\n\n\`\`\`${language}\n${code}\`\`\``);
  }
  return result;
}

if (import.meta.main) await writeFile(recipesPage, await withCurrentCode(await readFile(recipesPage, "utf8")));
