/** Two traces side by side: which span of one is which of the other, and what is missing or slower. */
import type { Span, Trace, TreeNode } from "@baton/trace-tree";
import { buildTree } from "@baton/trace-tree";

export interface Pair {
  readonly depth: number;
  /** Undefined where that trace has no such span. */
  readonly a: Side | undefined;
  readonly b: Side | undefined;
}

export interface Side {
  readonly span: Span;
  /** Microseconds in which none of its children ran. */
  readonly ownMicros: number;
}

/**
 * From top to bottom, as in a waterfall. Spans belong together when their parents do and they have the same service,
 * kind and name; of several, the first with the first.
 */
export function alignTraces(a: Trace, b: Trace): readonly Pair[] {
  const pairs: Pair[] = [];
  // An explicit stack, because a trace may be deeper than the call stack allows.
  const open = alignSiblings(topsOf(a), topsOf(b), 0).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const [left, right] = [next.a, next.b];
    pairs.push({ depth: next.depth, a: left && sideOf(left), b: right && sideOf(right) });
    for (const each of alignSiblings(left?.children ?? [], right?.children ?? [], next.depth + 1).reverse())
      open.push(each);
  }
  return pairs;
}

/** How much longer the second took by itself, in microseconds; 0 where one is missing. */
export function ownChange({ a, b }: Pair): number {
  return a && b ? b.ownMicros - a.ownMicros : 0;
}

/** Whether the two differ in more than a tenth, and by more than clocks and schedulers do. */
export function isChanged({ a, b }: Pair): boolean {
  if (!a || !b || a.span.status !== b.span.status) return true;
  const change = Math.abs(b.span.durationMicros - a.span.durationMicros);
  return change > Math.max(200, a.span.durationMicros / 10);
}

interface Nodes {
  readonly a: TreeNode | undefined;
  readonly b: TreeNode | undefined;
  readonly depth: number;
}

function alignSiblings(as: readonly TreeNode[], bs: readonly TreeNode[], depth: number): Nodes[] {
  const waiting = Map.groupBy(bs, keyOf);
  const aligned = as.map((a): Nodes => ({ a, b: waiting.get(keyOf(a))?.shift(), depth }));
  const rest = [...waiting.values()].flat().map((b): Nodes => ({ a: undefined, b, depth }));
  return [...aligned, ...rest];
}

function keyOf({ span: { service, kind, name } }: TreeNode): string {
  return JSON.stringify([service, kind, name]);
}

function topsOf(trace: Trace): readonly TreeNode[] {
  const { roots, orphans, circles } = buildTree(trace);
  return [...roots, ...orphans, ...circles];
}

/** The children are in the order in which they started. */
function sideOf({ span, children }: TreeNode): Side {
  const end = span.startMicros + span.durationMicros;
  let [covered, until] = [0, span.startMicros];
  for (const { span: child } of children) {
    const from = Math.max(child.startMicros, until);
    const to = Math.min(child.startMicros + child.durationMicros, end);
    if (to <= from) continue;
    covered += to - from;
    until = to;
  }
  return { span, ownMicros: span.durationMicros - covered };
}
