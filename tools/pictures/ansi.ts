/** The terminal output of a program, as runs of text with one look each. */

export type Colour = "red" | "green" | "yellow" | "cyan";

export interface Run {
  readonly text: string;
  /** The column in which it begins. */
  readonly column: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly colour: Colour | undefined;
}

type Look = Omit<Run, "text" | "column">;

const plain: Look = { bold: false, dim: false, colour: undefined };

/** The codes that the demo uses. @see https://ecma-international.org/publications-and-standards/standards/ecma-48/ SGR */
const changes: Readonly<Record<string, Partial<Look>>> = {
  "0": plain,
  "1": { bold: true },
  "2": { dim: true },
  "22": { bold: false, dim: false },
  "31": { colour: "red" },
  "32": { colour: "green" },
  "33": { colour: "yellow" },
  "36": { colour: "cyan" },
  "39": { colour: undefined },
};

const selectGraphicRendition = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`);

/** @throws Error for an unknown code, because leaving it out would make the picture wrong. */
export function parseLine(line: string): readonly Run[] {
  const runs: Run[] = [];
  let look = plain;
  let column = 0;
  // Text and codes alternate.
  for (const [index, part] of line.split(selectGraphicRendition).entries()) {
    if (index % 2 === 1) {
      for (const code of part.split(";")) look = change(look, code);
      continue;
    }
    if (/\p{Cc}/u.test(part)) throw new Error(`this line is not only text and colours: ${JSON.stringify(line)}`);
    if (part !== "") runs.push({ text: part, column, ...look });
    column += Bun.stringWidth(part);
  }
  return runs;
}

function change(look: Look, code: string): Look {
  const known = changes[code === "" ? "0" : code];
  if (known === undefined) throw new Error(`the colour code ${code} is unknown here`);
  return { ...look, ...known };
}
