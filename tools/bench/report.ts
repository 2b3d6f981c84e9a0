/** The result for the terminal. */
import { ratioTo } from "./measure.ts";
import { type BenchResult, NOT_FOUND } from "./result.ts";
import { type Table, tablesOf } from "./tables.ts";
import { beforeOf } from "./variants.ts";

export function renderResult(result: BenchResult): string {
  const { scenarios, latency, spans, work } = tablesOf(result);
  return [
    ...[...scenarios, ...latency, ...spans, ...work].map(renderTable),
    renderAgainst(result),
    renderMissing(result),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function renderTable({ title, text, head, rows }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [
    text === undefined ? title : `${title}: ${text}`,
    ...all.map((cells) => `  ${cells.map(pad).join("  ")}`),
  ].join("\n");
}

/** This checkout compared with another one, for each variant of both. */
function renderAgainst({ scenarios }: BenchResult): string {
  return Object.entries(scenarios)
    .flatMap(([scenario, variants]) =>
      Object.entries(variants).flatMap(([name, now]) => {
        const before = variants[beforeOf(name)];
        if (before === undefined) return [];
        const { ratio, spread } = ratioTo(before, now);
        const [low, high] = spread.map((value) => value.toFixed(3));
        return `${scenario}, ${name}: ${ratio.toFixed(3)} of what it was before (middle half ${low} - ${high})`;
      }),
    )
    .join("\n");
}

function renderMissing({ machine: { node, deno } }: BenchResult): string {
  return Object.entries({ node, deno })
    .flatMap(([name, version]) => (version === NOT_FOUND ? `${name}: not found, so it is not compared` : []))
    .join("\n");
}
