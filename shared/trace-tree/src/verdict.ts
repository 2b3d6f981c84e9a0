/** Whether a trace arrived whole: one root, no orphan, every hop between services joined by the right pair of spans. */

import { type TraceTree, walkTree } from "./build.ts";
import { printable } from "./printable.ts";
import type { Span } from "./trace.ts";

export interface Verdict {
  readonly ok: boolean;
  /** One line: `one root, no orphan, every hop joined: front -> back`, or what is wrong in a few words. */
  readonly summary: string;
  /** A sentence for each fault; empty when `ok`. */
  readonly problems: readonly string[];
  /** What is odd and no fault of propagation, such as clocks that differ. */
  readonly notes: readonly string[];
}

interface Hop {
  readonly parent: Span;
  readonly child: Span;
}

/** Kinds that may meet where a call goes from one service to another. */
const PAIRS: ReadonlySet<string> = new Set(["client server", "producer consumer", "client consumer"]);

export function judge(tree: TraceTree): Verdict {
  const hops = findHops(tree);
  const problems = [
    ...rootProblems(tree),
    ...tree.orphans.map(
      ({ span }) => `${label(span)} is an orphan: its parent ${printable(span.parentId ?? "")} is not in the trace.`,
    ),
    ...tree.circles.map(({ span }) => `${label(span)} is its own ancestor.`),
    ...tree.duplicateIds.map((id) => `More than one span has the id ${printable(id)}.`),
    ...hops.filter((hop) => !isJoined(hop)).map(hopProblem),
  ];
  const ok = problems.length === 0;
  return { ok, summary: ok ? goodSummary(tree, hops) : badSummary(tree, hops), problems, notes: skewNotes(hops) };
}

function findHops(tree: TraceTree): readonly Hop[] {
  return [...walkTree(tree)].flatMap(({ node }) =>
    node.children
      .filter((child) => child.span.service !== node.span.service)
      .map((child) => ({ parent: node.span, child: child.span })),
  );
}

function isJoined({ parent, child }: Hop): boolean {
  return PAIRS.has(`${parent.kind} ${child.kind}`);
}

function hopProblem({ parent, child }: Hop): string {
  const wanted = child.kind === "consumer" ? "PRODUCER" : "CLIENT";
  return `${label(child)} hangs under ${label(parent)}: between two services there must be a ${wanted} span of the caller over a SERVER or CONSUMER span.`;
}

function rootProblems({ roots, trace }: TraceTree): readonly string[] {
  if (trace.spans.length === 0) return ["The trace has no span."];
  if (roots.length === 0) return ["No span is a root: each names a parent."];
  if (roots.length === 1) return [];
  return [`There are ${roots.length} roots instead of one: ${roots.map(({ span }) => label(span)).join(", ")}.`];
}

function goodSummary({ trace }: TraceTree, hops: readonly Hop[]): string {
  const path = servicePath(hops);
  if (path !== "") return `one root, no orphan, every hop joined: ${path}`;
  return `one root, no orphan, no hop: all in ${printable(trace.spans[0]?.service ?? "nothing")}`;
}

function badSummary({ roots, orphans, circles, duplicateIds }: TraceTree, hops: readonly Hop[]): string {
  const faults = [
    roots.length !== 1 && count(roots.length, "root"),
    orphans.length > 0 && count(orphans.length, "orphan"),
    circles.length > 0 && count(circles.length, "circle"),
    duplicateIds.length > 0 && count(duplicateIds.length, "duplicate span id"),
  ];
  const unjoined = hops.filter((hop) => !isJoined(hop)).length;
  return [...faults, unjoined > 0 && `${count(unjoined, "hop")} not joined`].filter(Boolean).join(", ");
}

/** The calls between services, each once, in the order of the tree: `front -> back -> store`. */
function servicePath(hops: readonly Hop[]): string {
  const seen = new Set<string>();
  const chains: string[][] = [];
  for (const { parent, child } of hops) {
    const edge = JSON.stringify([parent.service, child.service]);
    if (seen.has(edge)) continue;
    seen.add(edge);
    const last = chains.at(-1);
    if (last?.at(-1) === parent.service) last.push(child.service);
    else chains.push([parent.service, child.service]);
  }
  return chains.map((chain) => chain.map(printable).join(" -> ")).join(", ");
}

function skewNotes(hops: readonly Hop[]): readonly string[] {
  return hops
    .filter(({ parent, child }) => child.startMicros < parent.startMicros)
    .map(({ parent, child }) => {
      const early = parent.startMicros - child.startMicros;
      return `${label(child)} starts ${early} µs before its caller: the clocks of ${printable(parent.service)} and ${printable(child.service)} differ.`;
    });
}

function label({ service, name, kind }: Span): string {
  return `${printable(service)}: ${printable(name)} (${kind === "unspecified" ? "no kind" : kind.toUpperCase()})`;
}

function count(n: number, noun: string): string {
  return `${n === 0 ? "no" : n} ${noun}${n === 1 || n === 0 ? "" : "s"}`;
}
