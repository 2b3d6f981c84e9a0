/** A trace as the rows that the page draws: its tree from top to bottom, and what is odd about each span. */
import { buildTree, walkTree } from "../../tree/build.ts";
import type { Span, Trace } from "../../tree/trace.ts";
import { judge, type Verdict } from "../../tree/verdict.ts";
import { formatDuration } from "./format.ts";
import { type Stretch, timeWindow } from "./layout.ts";

export interface Row {
  readonly index: number;
  readonly span: Span;
  /** 0 for a root. */
  readonly depth: number;
  readonly parent: Row | undefined;
  readonly children: number;
  /** The index of the last row below this one; its own where there is none. */
  readonly last: number;
  /** From 1, among the rows with the same parent. */
  readonly place: number;
  readonly siblings: number;
  /** A sentence for each thing that is not as it should be. */
  readonly problems: readonly string[];
}

export interface Rows {
  readonly trace: Trace;
  readonly rows: readonly Row[];
  readonly window: Stretch;
  readonly verdict: Verdict;
}

type MutableRow = { -readonly [Key in keyof Row]: Row[Key] };

export function readRows(trace: Trace): Rows {
  const tree = buildTree(trace);
  const tops = tree.roots.length + tree.orphans.length + tree.circles.length;
  const circles = new Set(tree.circles.map(({ span }) => span));
  const rows: MutableRow[] = [];
  // The way from the root to the row before this one, and how many children of each have come so far.
  const way: MutableRow[] = [];
  const came: number[] = [];
  for (const { node, depth } of walkTree(tree)) {
    way.length = depth;
    came.length = depth + 1;
    came[depth] = (came[depth] ?? 0) + 1;
    const parent = way[depth - 1];
    const row: MutableRow = {
      index: rows.length,
      span: node.span,
      depth,
      parent,
      children: node.children.length,
      last: rows.length,
      place: came[depth] ?? 1,
      siblings: parent?.children ?? tops,
      problems: findProblems(node.span, parent?.span, circles.has(node.span)),
    };
    rows.push(row);
    way.push(row);
  }
  setLast(rows);
  return { trace, rows, window: timeWindow(trace.spans.map(stretchOf)), verdict: judge(tree) };
}

/** From the bottom up, so that each row has learnt how far it reaches before it tells its parent. */
function setLast(rows: readonly MutableRow[]): void {
  for (const row of rows.toReversed()) {
    const parent = rows[row.parent?.index ?? -1];
    if (parent) parent.last = Math.max(parent.last, row.last);
  }
}

/** When a span was, on the axis of the layout. */
export function stretchOf({ startMicros, durationMicros }: Span): Stretch {
  return { start: startMicros, duration: durationMicros };
}

function findProblems(span: Span, parent: Span | undefined, inCircle: boolean): readonly string[] {
  const problems: string[] = [];
  if (inCircle) problems.push("It is its own ancestor: the circle is cut here.");
  else if (!parent && span.parentId !== undefined) problems.push(`Its parent ${span.parentId} is not in this trace.`);
  if (parent) problems.push(...outside(span, parent));
  return problems;
}

/** A child may well outlive its parent, which need not wait for it; it cannot start first, nor after the parent is gone. */
function outside(span: Span, parent: Span): readonly string[] {
  const early = parent.startMicros - span.startMicros;
  if (early > 0) return [`It starts ${formatDuration(early)} before its parent: the clocks differ.`];
  const late = span.startMicros - parent.startMicros - parent.durationMicros;
  if (late > 0) return [`It starts ${formatDuration(late)} after its parent ended.`];
  return [];
}
