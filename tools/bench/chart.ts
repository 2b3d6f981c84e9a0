/** The unary scenario as a chart: a bar for each variant, its spread as a line, and its target. */
import { ratioTo } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import { median } from "./statistics.ts";
import { MAX_RATIOS } from "./targets.ts";
import { bareOf } from "./variants.ts";

const LEFT = 110;
const SCALE = 190;
const ROW = 34;
const TOP = 48;

export function renderChart({ scenarios, machine, date }: BenchResult): string {
  const variants = Object.entries(scenarios.unary ?? {});
  const compared = variants.map(([name, measured]) => ({
    name,
    cpu: median(measured.cpuPerRequest),
    ...ratioTo(scenarios.unary?.[bareOf(name)] ?? measured, measured),
  }));
  const width = LEFT + SCALE * Math.max(...compared.map(({ ratio }) => ratio)) + 150;
  const height = TOP + ROW * compared.length + 44;
  const foot = `${date}, Bun ${machine.bun}, ${machine.processor}`;
  const legend = "bar: ratio to the bare pair of the same runtime, line: interquartile range, dashed: target";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${height}" font-family="system-ui, sans-serif" font-size="13">
<title>Processor time for one request</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="12" y="22" font-size="15" font-weight="600" fill="#111827">Processor time for one request, front and back together</text>
${compared.map(renderBar).join("\n")}
<text x="12" y="${height - 26}" font-size="11" fill="#6b7280">${legend}</text>
<text x="12" y="${height - 8}" font-size="11" fill="#6b7280">${escapeText(foot)}</text>
</svg>
`;
}

interface Bar {
  readonly name: string;
  readonly cpu: number;
  readonly ratio: number;
  readonly spread: readonly [number, number];
}

function renderBar({ name, cpu, ratio, spread: [low, high] }: Bar, index: number): string {
  const y = TOP + index * ROW;
  const end = LEFT + ratio * SCALE;
  const target = MAX_RATIOS.unary?.[name];
  const colour = name === bareOf(name) ? "#9ca3af" : target === undefined ? "#d97706" : "#2563eb";
  return `<text x="${LEFT - 10}" y="${y + 16}" text-anchor="end" fill="#111827">${escapeText(name)}</text>
<rect x="${LEFT}" y="${y}" width="${round(ratio * SCALE)}" height="22" rx="2" fill="${colour}"/>
<line x1="${round(LEFT + low * SCALE)}" x2="${round(LEFT + high * SCALE)}" y1="${y + 11}" y2="${y + 11}" stroke="#111827" stroke-width="2"/>
<text x="${round(Math.max(end, LEFT + high * SCALE) + 8)}" y="${y + 16}" fill="#111827">${ratio.toFixed(2)} (${cpu.toFixed(0)} us)</text>${target === undefined ? "" : renderTarget(target, y)}`;
}

function renderTarget(target: number, y: number): string {
  const x = round(LEFT + target * SCALE);
  return `
<line x1="${x}" x2="${x}" y1="${y - 5}" y2="${y + 27}" stroke="#dc2626" stroke-width="2" stroke-dasharray="3 2"/>`;
}

const round = (value: number): string => value.toFixed(1);
const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
