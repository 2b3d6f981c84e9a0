/** The terminal: its colours, its width, and text that fits it. */

export interface Terminal {
  readonly colour: boolean;
  /** Columns. `undefined` in a pipe or a file, where nothing is cut. */
  readonly width: number | undefined;
  write(line?: string): void;
}

/** @param mayColour False when the person asked for plain text. */
export function openTerminal(mayColour: boolean): Terminal {
  const { isTTY, columns } = process.stdout;
  return {
    colour: isTTY === true && mayColour,
    width: isTTY === true ? columns : undefined,
    write: (line = "") => process.stdout.write(`${line}\n`),
  };
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export function paint({ colour }: Terminal, style: Style, text: string): string {
  const [on, off] = codes[style];
  return colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** Cuts a line to the terminal's width. */
export function cut({ width }: Terminal, text: string): string {
  return width === undefined || text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Breaks a text into lines of the terminal's width, between words. */
export function wrap({ width = Number.POSITIVE_INFINITY }: Terminal, text: string): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    const longer = line === undefined ? word : `${line} ${word}`;
    if (line !== undefined && Bun.stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line ?? ""];
}
