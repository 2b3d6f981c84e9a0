/** A terminal with the output of a program, as an SVG that keeps its columns in every font. */
import { parseLine, type Run } from "./ansi.ts";

export interface Palette {
  readonly paper: string;
  readonly bar: string;
  readonly edge: string;
  readonly ink: string;
  readonly dim: string;
  readonly red: string;
  readonly green: string;
  readonly yellow: string;
  readonly cyan: string;
}

/** Similar to the colours of the viewer's pages. */
export const palettes = {
  light: {
    paper: "#ffffff",
    bar: "#f1efea",
    edge: "#d3cfc6",
    ink: "#1b1e25",
    dim: "#595e69",
    red: "#b0201a",
    green: "#176a3a",
    yellow: "#7d5200",
    cyan: "#0b6b7c",
  },
  dark: {
    paper: "#121419",
    bar: "#232730",
    edge: "#2e333e",
    ink: "#e8eaef",
    dim: "#a6adba",
    red: "#ff9389",
    green: "#74d69d",
    yellow: "#f0c064",
    cyan: "#6fd3e0",
  },
} as const satisfies Readonly<Record<string, Palette>>;

export interface TerminalPicture {
  readonly title: string;
  readonly columns: number;
  readonly lines: readonly string[];
  readonly palette: Palette;
}

const cell = { width: 8.4, height: 19 } as const;
const margin = 18;
const barHeight = 34;
/** The baseline of a letter in its cell. */
const baseline = 14;

export function renderTerminalSvg({ title, columns, lines, palette }: TerminalPicture): string {
  const width = round(columns * cell.width + 2 * margin);
  const height = round(lines.length * cell.height + barHeight + 2 * margin);
  const rows = lines.flatMap((line, row) => parseLine(line).flatMap((run) => renderRun(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${styleOf(palette)}</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9"/>`,
    `<path class="bar" d="M1 ${barHeight}V10a9 9 0 0 1 9-9H${round(width - 10)}a9 9 0 0 1 9 9V${barHeight}z"/>`,
    ...[20, 38, 56].map((x) => `<circle class="button" cx="${x}" cy="${barHeight / 2}" r="5.5"/>`),
    `<text class="d" text-anchor="middle" x="${round(width / 2)}" y="${barHeight / 2 + 5}">${escapeXml(title)}</text>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

function styleOf({ paper, bar, edge, ink, dim, red, green, yellow, cyan }: Palette): string {
  return [
    `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${ink}}`,
    `.paper{fill:${paper};stroke:${edge}}.bar{fill:${bar}}.button{fill:${edge}}`,
    `.n{fill:${ink}}.b{font-weight:bold}.d{fill:${dim}}`,
    `.red{fill:${red}}.green{fill:${green}}.yellow{fill:${yellow}}.cyan{fill:${cyan}}`,
  ].join("");
}

/** Blanks are left out, because each word has its column. Bars are drawn, because few fonts join them without gaps. */
function renderRun(run: Run, row: number): readonly string[] {
  const look = [run.bold ? "b" : "", run.colour ?? (run.dim ? "d" : "n")].filter(Boolean).join(" ");
  const pieces = [...run.text.matchAll(/█+|▏|▕|[^ █▏▕]+(?: [^ █▏▕]+)*/g)];
  return pieces.map(({ 0: text, index }) => {
    const column = run.column + Bun.stringWidth(run.text.slice(0, index));
    return /[█▏▕]/.test(text) ? renderBar(text, column, row, look) : renderText(text, column, row, look);
  });
}

function renderText(text: string, column: number, row: number, look: string): string {
  const length = round(Bun.stringWidth(text) * cell.width);
  const at = `x="${left(column)}" y="${round(top(row) + baseline)}"`;
  return `<text class="${look}" ${at} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
}

/** A full block, or one eighth of one at its left or right edge. */
function renderBar(text: string, column: number, row: number, look: string): string {
  const eighth = cell.width / 8;
  const x = text === "▕" ? round(left(column) + cell.width - eighth) : left(column);
  const width = text.startsWith("█") ? text.length * cell.width : eighth;
  return `<rect class="${look}" x="${x}" y="${top(row)}" width="${round(width)}" height="${cell.height}"/>`;
}

function left(column: number): number {
  return round(margin + column * cell.width);
}

function top(row: number): number {
  return round(barHeight + margin + row * cell.height);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
