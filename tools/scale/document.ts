/** The parts of docs/scaling.md that commands print. */

const file = new URL("../../docs/scaling.md", import.meta.url);

/** Each with the command that writes it. */
const parts = { capacity: "bun run capacity --write", scale: "bun run test:scale --write" } as const;

export type Part = keyof typeof parts;

/** @throws When the document has no such part. */
export async function readPart(part: Part): Promise<string> {
  return split(await Bun.file(file).text(), part)[1];
}

export async function writePart(part: Part, content: string): Promise<void> {
  const [before, , after] = split(await Bun.file(file).text(), part);
  await Bun.write(file, `${before}${begin(part)}\n\n${content.trim()}\n\n${end(part)}${after}`);
}

function split(text: string, part: Part): readonly [before: string, inside: string, after: string] {
  const [before, rest] = text.split(begin(part));
  const [inside, after] = rest?.split(end(part)) ?? [];
  if (before === undefined || inside === undefined || after === undefined) {
    throw new Error(`docs/scaling.md has no part ${part}`);
  }
  return [before, inside.trim(), after];
}

function begin(part: Part): string {
  return `<!-- What follows is written by \`${parts[part]}\`. -->`;
}

function end(part: Part): string {
  return `<!-- The end of what \`${parts[part]}\` writes. -->`;
}
