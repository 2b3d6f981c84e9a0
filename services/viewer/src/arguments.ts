/** The command line of `bun run services/viewer`. */

export interface Arguments {
  /** Paths whose content is there from the start. */
  readonly files: readonly string[];
  readonly help: boolean;
}

export const USAGE = `bun run services/viewer [--file PATH]...

  --file PATH  show what was saved: OTLP as JSON, one document or one to a line, or Jaeger's JSON
  --help       print this

OTLP as JSON can also come through a pipe, one document to a line:

  cat spans.jsonl | bun run services/viewer

The variables are in docs/variables.md.`;

/** @throws Error for what is none of these */
export function readArguments(given: readonly string[]): Arguments {
  const files: string[] = [];
  let help = false;
  for (let index = 0; index < given.length; index += 1) {
    const [name = "", value] = (given[index] ?? "").split(/=(.*)/s);
    if (name === "--help" || name === "-h") help = true;
    else if (name === "--file") {
      const path = value ?? given[++index];
      if (!path) throw new Error("--file must be followed by a path");
      files.push(path);
    } else throw new Error(`there is no argument ${given[index]}`);
  }
  return { files, help };
}
