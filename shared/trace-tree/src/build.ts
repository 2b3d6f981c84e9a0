/** From the spans of one trace to the tree of parents and children. */
import type { Span, Trace } from "./trace.ts";

export interface TreeNode {
  readonly span: Span;
  /** In the order in which they started. */
  readonly children: readonly TreeNode[];
}

export interface TraceTree {
  readonly trace: Trace;
  /** Spans without a parent id. */
  readonly roots: readonly TreeNode[];
  /** Spans whose parent is not in the trace. */
  readonly orphans: readonly TreeNode[];
  /** Spans that are their own ancestors. Of each circle, the span that started first, as if it had no parent. */
  readonly circles: readonly TreeNode[];
  /** Ids that more than one span has. */
  readonly duplicateIds: readonly string[];
}

interface MutableNode extends TreeNode {
  readonly children: MutableNode[];
}

/** Every span of the trace is in the tree exactly once, for any parent ids. */
export function buildTree(trace: Trace): TraceTree {
  const nodes = trace.spans.toSorted(byStart).map((span): MutableNode => ({ span, children: [] }));
  const byId = new Map<string, MutableNode>();
  const duplicateIds = new Set<string>();
  for (const node of nodes) {
    if (byId.has(node.span.spanId)) duplicateIds.add(node.span.spanId);
    else byId.set(node.span.spanId, node);
  }
  const roots: MutableNode[] = [];
  const orphans: MutableNode[] = [];
  for (const node of nodes) {
    const { parentId } = node.span;
    const siblings = parentId === undefined ? roots : (byId.get(parentId)?.children ?? orphans);
    siblings.push(node);
  }
  const circles = cutCircles(nodes, byId, [...roots, ...orphans]);
  return { trace, roots, orphans, circles, duplicateIds: [...duplicateIds] };
}

/** Each node of the tree with its depth, parents before their children, as in the lines of a waterfall. */
export function* walkTree(tree: TraceTree): Generator<{ readonly node: TreeNode; readonly depth: number }> {
  const tops = [...tree.roots, ...tree.orphans, ...tree.circles];
  // An explicit stack, because a trace may be deeper than the call stack allows.
  const stack = tops.reverse().map((node) => ({ node, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    for (const child of next.node.children.toReversed()) stack.push({ node: child, depth: next.depth + 1 });
  }
}

/** Spans below no root and no orphan are in a circle. Cut above its earliest span, the circle is a tree. */
function cutCircles(
  nodes: readonly MutableNode[],
  byId: ReadonlyMap<string, MutableNode>,
  tops: readonly MutableNode[],
): MutableNode[] {
  const parentOf = (node: MutableNode) => byId.get(node.span.parentId ?? "");
  const reached = new Set<MutableNode>();
  reach(tops, reached);
  const circles: MutableNode[] = [];
  for (const node of nodes) {
    if (reached.has(node)) continue;
    const top = earliestOfCircle(node, parentOf);
    const siblings = parentOf(top)?.children;
    siblings?.splice(siblings.indexOf(top), 1);
    circles.push(top);
    reach([top], reached);
  }
  return circles;
}

/** From a node below no root and no orphan, the parents lead into a circle. */
function earliestOfCircle(start: MutableNode, parentOf: (node: MutableNode) => MutableNode | undefined): MutableNode {
  const seen = new Set<MutableNode>();
  let entry = start;
  while (!seen.has(entry)) {
    seen.add(entry);
    entry = parentOf(entry) ?? entry;
  }
  let earliest = entry;
  for (let node = parentOf(entry); node && node !== entry; node = parentOf(node)) {
    if (byStart(node.span, earliest.span) < 0) earliest = node;
  }
  return earliest;
}

function reach(from: readonly MutableNode[], reached: Set<MutableNode>): void {
  const stack = [...from];
  for (let node = stack.pop(); node; node = stack.pop()) {
    reached.add(node);
    stack.push(...node.children.filter((child) => !reached.has(child)));
  }
}

function byStart(a: Span, b: Span): number {
  return a.startMicros - b.startMicros;
}
