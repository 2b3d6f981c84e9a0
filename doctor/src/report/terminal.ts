/** The report for a person at a terminal. */
import { printable } from "@baton/trace-tree";
import type { Examination } from "../examination.ts";
import type { CheckResult, Finding } from "../finding.ts";

export interface TextOptions {
  /** @default false */
  readonly color?: boolean;
  /** Columns; fewer than 60 are taken as 60. @default 100 */
  readonly width?: number;
}

const COLOURS = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Colour = keyof typeof COLOURS;
type Paint = (colour: Colour, text: string) => string;

const MARKS: Readonly<Record<CheckResult["state"] | "note", readonly [mark: string, colour: Colour]>> = {
  right: ["✓", "green"],
  broken: ["✗", "red"],
  unusual: ["!", "yellow"],
  "not seen": ["?", "dim"],
  note: ["i", "cyan"],
};
const TITLE_COLUMNS = 15;
const LABEL_COLUMNS = 9;
const EXAMPLES_SHOWN = 3;

export function renderText(examination: Examination, { color = false, width = 100 }: TextOptions = {}): string {
  const paint: Paint = (colour, text) => (color ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text);
  const columns = Math.max(60, width);
  return [
    ...headLines(examination, paint),
    ...examination.checks.map((check) => checkLine(check, paint)),
    ...(examination.checks.length > 0 ? [""] : []),
    ...examination.findings.flatMap((finding) => [...findingLines(finding, paint, columns), ""]),
    ...examination.remarks.flatMap((remark) => wrap(`Note: ${printable(remark)}`, columns)),
    ...(examination.remarks.length > 0 ? [""] : []),
    ...endLines(examination, paint, columns),
  ].join("\n");
}

function headLines({ url, service }: Examination, paint: Paint): readonly string[] {
  const parts = service
    ? [
        service.name,
        service.language,
        ...(service.distro ? [service.distro] : []),
        ...(service.sdkVersion ? [`SDK ${service.sdkVersion}`] : []),
      ]
    : [];
  const facts = parts.length > 0 ? ` · ${parts.map(printable).join(" · ")}` : "";
  return [`${paint("bold", printable(url))}${facts}`, ""];
}

function checkLine({ state, title, summary }: CheckResult, paint: Paint): string {
  const [mark, colour] = MARKS[state];
  return `${paint(colour, mark)} ${title.padEnd(TITLE_COLUMNS)}${paint("dim", printable(summary))}`;
}

function findingLines(finding: Finding, paint: Paint, columns: number): readonly string[] {
  const [mark, colour] = MARKS[finding.level];
  const label = (name: string, text: string) =>
    wrap(printable(text), columns - LABEL_COLUMNS - 2).map(
      (line, index) => `  ${paint("dim", (index === 0 ? name : "").padEnd(LABEL_COLUMNS))}${line}`,
    );
  const shown = finding.examples.slice(0, EXAMPLES_SHOWN);
  const title = wrap(`${mark} ${printable(finding.title)}`, columns).map((line) => paint(colour, line));
  // Nothing is wrong: what helps is how to see it.
  if (finding.level === "not seen")
    return [...title, ...label("came", finding.came), ...label("to see", finding.remedy)];
  return [
    ...title,
    ...label("sent", finding.sent),
    ...label("came", finding.came),
    ...shown.flatMap((example, index) => label(index === 0 ? "such as" : "", example)),
    ...label("rule", `${finding.rule.name}: ${finding.rule.url}`),
    ...label("breaks", finding.effect),
    ...label("mend", finding.remedy),
  ];
}

function endLines(
  { outcome, summary, requests, durationMs }: Examination,
  paint: Paint,
  columns: number,
): readonly string[] {
  const colour = { right: "green", unusual: "yellow", broken: "red", unexamined: "yellow" } as const;
  const [first = "", ...rest] = wrap(printable(summary), columns);
  const cost = `${requests} ${requests === 1 ? "request" : "requests"} in ${(durationMs / 1000).toFixed(1)} s`;
  return [...[first, ...rest].map((line) => paint(colour[outcome], line)), paint("dim", cost)];
}

/** At blanks; a word that is longer than the line stays whole, so that a link can be followed. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || Bun.stringWidth(`${last} ${word}`) > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
