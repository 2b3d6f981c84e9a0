/** A trace as the rows that the page draws: its tree from top to bottom, and what is odd about each span. */

import type { Span, Trace } from "@baton/trace-tree";
import { buildTree, judge, type Verdict, walkTree } from "@baton/trace-tree";
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
  readonly oddities: readonly Oddity[];
}

/** One thing about a span that is not as it should be. */
export interface Oddity {
  readonly mark: "orphan" | "circle" | "early" | "late";
  readonly sentence: string;
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
      oddities: findOddities(node.span, parent?.span, circles.has(node.span)),
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

function findOddities(span: Span, parent: Span | undefined, inCircle: boolean): readonly Oddity[] {
  if (inCircle) return [{ mark: "circle", sentence: "It is its own ancestor: the circle is cut here." }];
  if (parent) return findSkew(span, parent);
  if (span.parentId === undefined) return [];
  return [{ mark: "orphan", sentence: `Its parent ${span.parentId} is not in this trace.` }];
}

/** A child may well outlive its parent, which need not wait for it; it cannot start first, nor after the parent is gone. */
function findSkew(span: Span, parent: Span): readonly Oddity[] {
  const early = parent.startMicros - span.startMicros;
  const late = span.startMicros - parent.startMicros - parent.durationMicros;
  if (early > 0) {
    return [{ mark: "early", sentence: `It starts ${formatDuration(early)} before its parent: the clocks differ.` }];
  }
  return late > 0 ? [{ mark: "late", sentence: `It starts ${formatDuration(late)} after its parent ended.` }] : [];
}
