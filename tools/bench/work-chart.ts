/** What telemetry adds for each span and each message, as points with their line. */
import type { BenchResult } from "./result.ts";
import { WORK_KINDS, type Work, type WorkKind } from "./work.ts";

const PANEL = { width: 360, left: 64, top: 56, plot: { width: 270, height: 180 } };
const HEIGHT = PANEL.top + PANEL.plot.height + 72;

export function renderWorkChart(work: Readonly<Record<WorkKind, Work>>, { machine, date }: BenchResult): string {
  const width = PANEL.width * WORK_KINDS.length;
  const foot = `${date}, Bun ${machine.bun}, ${machine.processor}; point: median of the rounds, line: least squares`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
<title>Processor time that tracing adds to one request</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="12" y="22" font-size="15" font-weight="600" fill="#111827">Processor time that tracing adds to one request, front and back together</text>
${WORK_KINDS.map((kind, index) => renderPanel(kind, work[kind], index * PANEL.width)).join("\n")}
<text x="12" y="${HEIGHT - 8}" font-size="11" fill="#6b7280">${foot}</text>
</svg>
`;
}

function renderPanel(kind: WorkKind, { points, line }: Work, offset: number): string {
  const { left, top, plot } = PANEL;
  const most = Math.max(...points.map(({ amount }) => amount));
  const lineAt = (amount: number): number => line.intercept + line.slope * amount;
  const highest = Math.max(lineAt(most), ...points.map(({ added }) => added)) * 1.08;
  const x = (amount: number): string => (offset + left + (amount / most) * plot.width).toFixed(1);
  const y = (us: number): string => (top + plot.height * (1 - us / highest)).toFixed(1);
  const bottom = top + plot.height;
  const dots = points.map(({ amount, added }) => `<circle cx="${x(amount)}" cy="${y(added)}" r="4" fill="#2563eb"/>`);
  // A label that would touch the one before it is left out.
  const labelled = points.filter(({ amount }, index) => amount - (points[index - 1]?.amount ?? -most) > most / 16);
  const labels = labelled.map(
    ({ amount }) => `<text x="${x(amount)}" y="${bottom + 16}" text-anchor="middle" fill="#6b7280">${amount}</text>`,
  );
  const words = `${line.intercept.toFixed(1)} us + ${line.slope.toFixed(1)} us for each`;
  return `<text x="${offset + left}" y="${top - 12}" fill="#111827">${words}</text>
<line x1="${x(0)}" x2="${x(most)}" y1="${bottom}" y2="${bottom}" stroke="#9ca3af"/>
<line x1="${x(0)}" x2="${x(0)}" y1="${top}" y2="${bottom}" stroke="#9ca3af"/>
<line x1="${x(0)}" x2="${x(most)}" y1="${y(lineAt(0))}" y2="${y(lineAt(most))}" stroke="#d97706" stroke-width="2"/>
${[...dots, ...labels].join("\n")}
<text x="${Number(x(0)) - 6}" y="${Number(y(0)) + 4}" text-anchor="end" fill="#6b7280">0</text>
<text x="${Number(x(0)) - 6}" y="${Number(y(highest / 1.08)) + 4}" text-anchor="end" fill="#6b7280">${(highest / 1.08).toFixed(0)} us</text>
<text x="${offset + left + plot.width / 2}" y="${bottom + 34}" text-anchor="middle" fill="#111827">${kind === "spans" ? "spans of a request" : "messages of a stream"}</text>`;
}
