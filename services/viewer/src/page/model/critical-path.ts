/** The critical path: what had to become shorter for the trace to become shorter. */
import type { TreeNode } from "@baton/trace-tree";
import type { Stretch } from "./layout.ts";

/**
 * Backwards from the end of the first span: at each moment the path is in the child that ended last before it, and where
 * there is none, in the span itself. What starts after its parent has ended held nobody up.
 * @returns For each span id on it, the parts of its time
 */
export function criticalPath(root: TreeNode | undefined): ReadonlyMap<string, readonly Stretch[]> {
  const path = new Map<string, Stretch[]>();
  // An explicit stack, because a trace may be deeper than the call stack allows.
  const open = root ? [{ node: root, until: endOf(root) }] : [];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, until } = next;
    const { spanId, startMicros } = node.span;
    let cursor = until;
    for (const child of node.children.toSorted((a, b) => endOf(b) - endOf(a))) {
      // A child that outlives its parent, as one does that a caller gave up waiting for, counts to the parent's end.
      const end = Math.min(endOf(child), endOf(node));
      const start = Math.max(child.span.startMicros, startMicros);
      if (end > cursor || start >= end) continue;
      add(path, spanId, end, cursor);
      open.push({ node: child, until: end });
      cursor = start;
    }
    add(path, spanId, startMicros, cursor);
  }
  return path;
}

/** How long the path is in these parts. */
export function lengthOf(parts: readonly Stretch[]): number {
  return parts.reduce((sum, { duration }) => sum + duration, 0);
}

function add(path: Map<string, Stretch[]>, spanId: string, from: number, to: number): void {
  if (to <= from) return;
  const parts = path.get(spanId) ?? [];
  parts.push({ start: from, duration: to - from });
  path.set(spanId, parts);
}

function endOf({ span }: TreeNode): number {
  return span.startMicros + span.durationMicros;
}
