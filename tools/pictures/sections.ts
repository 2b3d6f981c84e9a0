/** The lines of the demo's output in the pictures. */
import { scenarios } from "@baton/demo/scenarios";

export interface TerminalLines {
  /** `terminal` for `terminal-light.svg` and `terminal-dark.svg`. */
  readonly name: string;
  readonly title: string;
  readonly lines: readonly string[];
}

/** @throws Error when the demo did not print these lines. */
export function terminalPictures(output: string): readonly TerminalLines[] {
  const lines = output.split("\n");
  const titles = scenarios.map((scenario) => scenario.title);
  const [failure = "", afterFailure = ""] = titles.slice(scenarios.findIndex(({ id }) => id === "back-fails"));
  const title = "bun run demo";
  const gap = ["", "…", ""];
  return [
    { name: "terminal", title, lines: between(lines, "Baton: one request, one trace", titles[2] ?? "") },
    {
      name: "terminal-signals",
      title,
      lines: [
        ...between(lines, failure, afterFailure),
        ...gap,
        ...between(lines, "What the services measured", "The services run until Ctrl+C. Try it yourself:"),
      ],
    },
  ];
}

/** The lines from the first to before the next one, without the blank line before that. */
function between(lines: readonly string[], first: string, next: string): readonly string[] {
  const plain = lines.map((line) => Bun.stripANSI(line));
  const from = plain.indexOf(first);
  const to = plain.indexOf(next);
  if (from === -1 || to <= from) throw new Error(`the demo did not print "${first}" before "${next}"`);
  return lines.slice(from, to - 1);
}
