/** A trace as the rows of the page: its tree from top to bottom, and the oddities of each span. */

import type { Span, Trace } from "@baton/trace-tree";
import { buildTree, type Verdict, verdictOf, walkTree } from "@baton/trace-tree";
import { criticalPath } from "./critical-path.ts";
import { formatDuration } from "./format.ts";
import { type Stretch, timeWindow } from "./layout.ts";

export interface Row {
  readonly index: number;
  readonly span: Span;
  /** 0 for a root. */
  readonly depth: number;
  readonly parent: Row | undefined;
  readonly children: number;
  /** The index of the last descendant; its own index when there is none. */
  readonly last: number;
  /** From 1, among the rows with the same parent. */
  readonly place: number;
  readonly siblings: number;
  readonly oddities: readonly Oddity[];
}

/** One thing that is odd about a span. */
export interface Oddity {
  readonly mark: "orphan" | "circle" | "early" | "late";
  readonly sentence: string;
}

export interface Rows {
  readonly trace: Trace;
  readonly rows: readonly Row[];
  readonly window: Stretch;
  readonly verdict: Verdict;
  /** For each span id on the critical path, the parts of its time. */
  readonly path: ReadonlyMap<string, readonly Stretch[]>;
}

type MutableRow = { -readonly [Key in keyof Row]: Row[Key] };

export function readRows(trace: Trace): Rows {
  const tree = buildTree(trace);
  const tops = tree.roots.length + tree.orphans.length + tree.circles.length;
  const circles = new Set(tree.circles.map(({ span }) => span));
  const rows: MutableRow[] = [];
  // The path from the root to the row before, and how many children of each were added so far.
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
  const path = criticalPath([...tree.roots, ...tree.orphans, ...tree.circles][0]);
  return { trace, rows, window: timeWindow(trace.spans.map(stretchOf)), verdict: verdictOf(tree), path };
}

/**
 * How much later a span may have started than it says, in microseconds. OpenTelemetry's SDK for JavaScript reads the start
 * in whole milliseconds and the duration exactly, so that a short span seems to end before it did.
 */
function startErrorOf({ startMicros }: Span): number {
  return startMicros % 1000 === 0 ? 1000 : 0;
}

/** From the bottom up, because the last descendant of a row is needed for its parent. */
function setLast(rows: readonly MutableRow[]): void {
  for (const row of rows.toReversed()) {
    const parent = rows[row.parent?.index ?? -1];
    if (parent) parent.last = Math.max(parent.last, row.last);
  }
}

/** The time of a span for the layout. */
export function stretchOf({ startMicros, durationMicros }: Span): Stretch {
  return { start: startMicros, duration: durationMicros };
}

function findOddities(span: Span, parent: Span | undefined, inCircle: boolean): readonly Oddity[] {
  if (inCircle) return [{ mark: "circle", sentence: "It is its own ancestor: the circle is cut here." }];
  if (parent) return findSkew(span, parent);
  if (span.parentId === undefined) return [];
  return [{ mark: "orphan", sentence: `Its parent ${span.parentId} is not in this trace.` }];
}

/** A child may end after its parent. It cannot start before the parent starts or after it ends. */
function findSkew(span: Span, parent: Span): readonly Oddity[] {
  const early = parent.startMicros - span.startMicros;
  const ended = parent.startMicros + parent.durationMicros;
  const late = span.startMicros - ended < startErrorOf(parent) ? 0 : span.startMicros - ended;
  if (early > 0) {
    return [{ mark: "early", sentence: `It starts ${formatDuration(early)} before its parent: the clocks differ.` }];
  }
  return late > 0 ? [{ mark: "late", sentence: `It starts ${formatDuration(late)} after its parent ended.` }] : [];
}
