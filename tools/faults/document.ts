/** Writes what was measured into docs/reliability.md. */
import { describeMachine } from "../bench/result.ts";
import type { Group } from "./fault.ts";
import { IDS } from "./faults.ts";
import { PROMISES } from "./promises.ts";
import type { SavedRow } from "./results.ts";

const path = new URL("../../docs/reliability.md", import.meta.url);
const BEGIN = "<!-- What follows is written by `bun run test:faults --write-docs`. -->";
const END = "<!-- The end of what `bun run test:faults --write-docs` writes. -->";

const GROUPS: readonly (readonly [Group, string])[] = [
  ["backend", "The backend of the traces"],
  ["back", "Back"],
  ["callers", "Front's callers"],
  ["process", "The process"],
  ["end", "The end of a process"],
];

/** @throws Error when the document does not have the part. */
export async function writeDocument(rows: readonly SavedRow[]): Promise<void> {
  const text = await Bun.file(path).text();
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("docs/reliability.md lacks the part for the tables");
  await Bun.write(path, `${before}${BEGIN}\n\n${renderTables(rows)}\n\n${END}${after}`);
}

/** @param saved Those that are no faults any more are left out. */
export function renderTables(saved: readonly SavedRow[]): string {
  const rows = saved.filter(({ id }) => IDS.includes(id));
  const parts = GROUPS.flatMap(([group, title]) => {
    const table = renderGroup(rows.filter((row) => row.group === group));
    return table === "" ? [] : [`### ${title}\n\n${table}`];
  });
  const dates = [...new Set(rows.map(({ date }) => date))].toSorted();
  const own = rows.filter(({ variant }) => variant === "baton").flatMap(({ verdicts }) => verdicts);
  const broken = own.filter(({ kept }) => !kept).length;
  const { bun, processor, memory, system } = describeMachine();
  const where = `Bun ${bun}, ${processor}, ${memory}, ${system}`;
  const shortRows = rows.filter(({ short }) => short).length;
  const form = shortRows === 0 ? "" : ` ${shortRows} of ${rows.length} rows are of the short form.`;
  const summary = `Measured on ${dates.join(", ")} with ${where}. ${own.length - broken} of ${own.length} verdicts: kept.${form}`;
  return [summary, ...parts].join("\n\n");
}

function renderGroup(rows: readonly SavedRow[]): string {
  if (rows.length === 0) return "";
  const used = PROMISES.filter(({ id }) => rows.some(({ verdicts }) => verdicts.some(({ promise }) => promise === id)));
  const sorted = rows.toSorted((a, b) => IDS.indexOf(a.id) - IDS.indexOf(b.id) || a.variant.localeCompare(b.variant));
  const lines = sorted.map((row) => [nameOf(row), ...used.map(({ id }) => cellOf(row, id))]);
  const head = ["", ...used.map(({ id, title }) => `${id} ${title}`)];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function nameOf({ what, variant }: SavedRow): string {
  return variant === "baton" ? what : `*the SDK: ${what}*`;
}

function cellOf({ verdicts, error, variant }: SavedRow, promise: number): string {
  const verdict = verdicts.find((one) => one.promise === promise);
  if (verdict === undefined) return "";
  const found = (error ?? verdict.found).replaceAll("|", "\\|").replaceAll("\n", " ");
  if (verdict.kept) return found;
  return variant === "baton" ? `**broken**: ${found}` : `*no*: ${found}`;
}
