/** Clocks that differ: recognised, and put right as far as the spans show how. */
import type { Span, Trace, TreeNode } from "@baton/trace-tree";
import { buildTree, walkTree } from "@baton/trace-tree";
import { formatDuration } from "./format.ts";

export interface Corrected {
  readonly trace: Trace;
  /** A sentence for each service whose clock differs; empty where none does. */
  readonly skews: readonly string[];
}

/**
 * A call cannot begin before its caller does, nor be answered by a server after the caller has stopped waiting. Where
 * two services show that, the clock of the called one is moved so that the call lies in the middle of the caller's span,
 * as if its way there and back took equally long. Within one service there is one clock.
 */
export function correctClocks(trace: Trace): Corrected {
  const shifts = new Map<Span, number>();
  /** What is known of the clock of each service; the first call to it decides. */
  const clocks = new Map<string, number>();
  for (const { node } of walkTree(buildTree(trace))) {
    const own = shifts.get(node.span) ?? 0;
    for (const child of node.children) shifts.set(child.span, shiftOf(child, node, own, clocks));
  }
  const skews = [...clocks].flatMap(([service, shift]) => (shift === 0 ? [] : [describe(service, shift)]));
  if (skews.length === 0) return { trace, skews };
  return { trace: { ...trace, spans: trace.spans.map((span) => move(span, shifts.get(span) ?? 0)) }, skews };
}

/** Microseconds to add to the times of a child. */
function shiftOf({ span }: TreeNode, parent: TreeNode, parentShift: number, clocks: Map<string, number>): number {
  if (span.service === parent.span.service) return parentShift;
  const known = clocks.get(span.service);
  const start = span.startMicros + (known ?? 0);
  const parentStart = parent.span.startMicros + parentShift;
  const isAnswer = parent.span.kind === "client" && span.kind === "server";
  const isEarly = start < parentStart;
  const isLate = isAnswer && start > parentStart + parent.span.durationMicros;
  if (known !== undefined || !(isEarly || isLate)) return known ?? 0;
  const spare = Math.max(0, parent.span.durationMicros - span.durationMicros);
  const shift = parentStart + Math.floor(spare / 2) - span.startMicros;
  clocks.set(span.service, shift);
  return shift;
}

function move(span: Span, shift: number): Span {
  if (shift === 0) return span;
  const events = span.events.map((event) => ({ ...event, timeMicros: event.timeMicros + shift }));
  return { ...span, startMicros: span.startMicros + shift, events };
}

function describe(service: string, shift: number): string {
  return `The clock of ${service} is about ${formatDuration(Math.abs(shift))} ${shift > 0 ? "behind" : "ahead"}.`;
}
