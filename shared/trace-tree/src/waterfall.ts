/** A trace as lines for a terminal: the tree on the left, the time of each span on the right. */

import { type TraceTree, type TreeNode, walkTree } from "./build.ts";
import { pad, printable, shortenMethod, truncate } from "./printable.ts";
import type { Span, SpanEvent, TagValue } from "./trace.ts";

export interface WaterfallOptions {
  /** Columns of the terminal, at least 40. @default 100 */
  readonly width?: number;
  /** Whether to use ANSI colours. The caller decides about a terminal and NO_COLOR. @default false */
  readonly color?: boolean;
}

interface Layout {
  readonly paint: (colour: keyof typeof COLOURS, text: string) => string;
  readonly nameWidth: number;
  readonly barWidth: number;
  readonly startMicros: number;
  readonly lengthMicros: number;
}

const COLOURS = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
const KIND_WIDTH = 8;
const DURATION_WIDTH = 9;
/** Blanks between the four columns, and the edges of the bar. */
const GAPS = 3 + 2;
const MIN_WIDTH = 40;
const MIN_BAR_WIDTH = 8;
/** Names get this width before bars get more than their minimum: a service and a method on some level. */
const WANTED_NAME_WIDTH = 26;

/** Safe to print: for any spans, the only control characters are line breaks and, with `color`, colours. */
export function renderWaterfall(tree: TraceTree, { width = 100, color = false }: WaterfallOptions = {}): string {
  const layout = measure(tree, Math.max(MIN_WIDTH, width), color);
  const unplaced = new Map<TreeNode, string>([
    ...tree.orphans.map((node) => [node, `its parent ${node.span.parentId} is not in the trace`] as const),
    ...tree.circles.map((node) => [node, "it is its own ancestor"] as const),
  ]);
  const lines = [header(tree, layout)];
  for (const { node, depth } of walkTree(tree)) {
    const why = unplaced.get(node);
    if (why !== undefined) lines.push(layout.paint("red", `?? ${printable(why)}:`));
    lines.push(spanLine(node.span, depth, layout), ...details(node.span, depth, layout, Math.max(MIN_WIDTH, width)));
  }
  return lines.join("\n");
}

function measure({ trace }: TraceTree, width: number, color: boolean): Layout {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { startMicros, durationMicros } of trace.spans) {
    start = Math.min(start, startMicros);
    end = Math.max(end, startMicros + durationMicros);
  }
  const free = width - KIND_WIDTH - DURATION_WIDTH - GAPS;
  const nameWidth = Math.max(Math.floor(free * 0.58), Math.min(WANTED_NAME_WIDTH, free - MIN_BAR_WIDTH));
  return {
    paint: (colour, text) => (color ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text),
    nameWidth,
    barWidth: free - nameWidth,
    startMicros: start,
    lengthMicros: Math.max(1, end - start),
  };
}

function header({ trace }: TraceTree, { paint, lengthMicros }: Layout): string {
  const services = [...new Set(trace.spans.map((span) => printable(span.service)))].join(", ");
  const spans = `${trace.spans.length} span${trace.spans.length === 1 ? "" : "s"}`;
  const parts = trace.spans.length === 0 ? [spans] : [spans, services, formatMicros(lengthMicros)];
  return [paint("bold", `trace ${printable(trace.traceId)}`), ...parts].join(" · ");
}

function spanLine(span: Span, depth: number, layout: Layout): string {
  const { paint } = layout;
  const mark = span.status === "error" ? "✗ " : "";
  const start = `${indent(depth)}${mark}${printable(span.service)}  `;
  const width = layout.nameWidth - Bun.stringWidth(start);
  const name = pad(start + shortenMethod(printable(span.name), width), layout.nameWidth);
  const kind = pad(span.kind === "unspecified" ? "-" : span.kind.toUpperCase(), KIND_WIDTH);
  const duration = formatMicros(span.durationMicros).padStart(DURATION_WIDTH);
  const failed = span.status === "error";
  return [
    failed ? paint("red", name) : name,
    paint("dim", kind),
    duration,
    paint("dim", "▕") + paint(failed ? "red" : "cyan", bar(span, layout)) + paint("dim", "▏"),
  ].join(" ");
}

/** A span that is too short to see is a thin line. */
function bar({ startMicros, durationMicros }: Span, layout: Layout): string {
  const scale = layout.barWidth / layout.lengthMicros;
  const from = Math.min(layout.barWidth - 1, Math.floor((startMicros - layout.startMicros) * scale));
  const columns = Math.max(0, Math.round(durationMicros * scale));
  return (" ".repeat(from) + (columns === 0 ? "▏" : "█".repeat(columns))).padEnd(layout.barWidth);
}

/** The lines under a span: how it failed, its events and its links. */
function details(span: Span, depth: number, layout: Layout, width: number): readonly string[] {
  const { paint } = layout;
  const inner = `${indent(depth)}    `;
  const line = (colour: keyof typeof COLOURS, text: string) => paint(colour, truncate(`${inner}${text}`, width));
  const why = span.statusMessage || String(span.attributes["error.type"] ?? "");
  return [
    ...(span.status === "error" ? [line("red", `ERROR ${printable(why)}`.trimEnd())] : []),
    ...span.events.map((event) => line("yellow", eventText(event, span))),
    ...span.links.map(({ traceId }) => line("dim", `↗ linked to trace ${printable(traceId)}`)),
  ];
}

function eventText(event: SpanEvent, span: Span): string {
  const attributes = Object.entries(event.attributes).map(([key, value]) => `${printable(key)}=${showValue(value)}`);
  const late = event.timeMicros - span.startMicros;
  const when = late < 0 ? `-${formatMicros(-late)}` : `+${formatMicros(late)}`;
  return [`• ${printable(event.name)}`, when, ...attributes].join(" ");
}

function showValue(value: TagValue): string {
  return printable(String(value));
}

function indent(depth: number): string {
  // A deeper indent would leave no space for names.
  return "  ".repeat(Math.min(depth, 12));
}

/** `920µs`, `6.28ms`, `1.20s`. */
export function formatMicros(micros: number): string {
  if (micros < 1000) return `${micros}µs`;
  if (micros < 1_000_000) return `${(micros / 1000).toFixed(micros < 100_000 ? 2 : 1)}ms`;
  return `${(micros / 1_000_000).toFixed(2)}s`;
}
