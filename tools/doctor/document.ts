/** The part of docs/doctor.md that is made from what the doctor says of other people's services. */
import type { CheckResult, Examination, Finding } from "@baton/doctor";

export interface Examined {
  readonly name: string;
  readonly examination: Examination;
}

const BEGIN = "<!-- Made by `bun run test:doctor --write`. -->";
const END = "<!-- End of what is made. -->";
const MARKS: Readonly<Record<CheckResult["state"], string>> = {
  right: "right",
  unusual: "unusual",
  broken: "**broken**",
  "not seen": "not seen",
};

/** @throws Error when the page has no place for it. */
export function putIntoPage(page: string, examined: readonly Examined[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/doctor.md must have the lines "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${render(examined)}\n${page.slice(end)}`;
}

/** The ids of the findings by service, as the page has them. */
export function idsOfPage(page: string): ReadonlyMap<string, readonly string[]> {
  const sections = page.slice(page.indexOf(BEGIN), page.indexOf(END)).split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [name = ""] = section.split("\n");
      return [name, [...section.matchAll(/^\| `([\w-]+\/[\w-]+)` /gm)].map(([, id = ""]) => id)] as const;
    }),
  );
}

export function idsOf({ findings }: Examination): readonly string[] {
  return findings.filter(isTold).map(({ id }) => id);
}

function isTold({ level }: Finding): boolean {
  return level === "broken" || level === "unusual";
}

function render(examined: readonly Examined[]): string {
  const titles = [...new Set(examined.flatMap(({ examination }) => examination.checks.map(({ title }) => title)))];
  const states = ({ checks }: Examination) =>
    titles.map((title) => {
      const check = checks.find((each) => each.title === title);
      return check === undefined ? "" : MARKS[check.state];
    });
  return [
    `| service | ${titles.join(" | ")} |`,
    `|---|${titles.map(() => "---|").join("")}`,
    ...examined.map(({ name, examination }) => `| ${name} | ${states(examination).join(" | ")} |`),
    "",
    ...examined.flatMap(renderService),
  ].join("\n");
}

function renderService({ name, examination }: Examined): readonly string[] {
  const { service, findings } = examination;
  const told = findings.filter(isTold);
  const facts = [service?.language, service?.distro, service?.sdkVersion && `SDK ${service.sdkVersion}`];
  return [
    `### ${name}`,
    "",
    `${facts.filter(Boolean).join(", ")}.`,
    "",
    ...(told.length > 0 ? ["| finding | level | what came |", "|---|---|---|", ...told.map(renderFinding), ""] : []),
  ];
}

/** Without ids of traces and numbers of requests, which differ each time. */
function renderFinding({ id, level, title, came, examples }: Finding): string {
  const [example] = id.startsWith("strict/") || id.startsWith("baggage/") ? examples : [];
  return `| \`${id}\` | ${level} | ${cell(title)} ${cell(example ?? came)} |`;
}

function cell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, (character) => `\\${character}`);
}
