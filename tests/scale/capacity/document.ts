/** The part of docs/scaling.md that is computed. */

const file = new URL("../../../docs/scaling.md", import.meta.url);
const begin = "<!-- The tables from here on are printed by `bun run capacity`. -->";
const end = "<!-- The end of what `bun run capacity` prints. -->";

/** What stands between the two marks. @throws When they are not there. */
export async function readTables(): Promise<string> {
  const [, inside] = split(await Bun.file(file).text());
  return inside;
}

export async function insertTables(tables: string): Promise<void> {
  const [before, , after] = split(await Bun.file(file).text());
  await Bun.write(file, `${before}${begin}\n\n${tables.trim()}\n\n${end}${after}`);
}

function split(text: string): readonly [before: string, inside: string, after: string] {
  const [before, rest] = text.split(begin);
  const [inside, after] = rest?.split(end) ?? [];
  if (before === undefined || inside === undefined || after === undefined)
    throw new Error("docs/scaling.md has no marks");
  return [before, inside.trim(), after];
}
