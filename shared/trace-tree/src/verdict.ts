/** Whether a trace is complete: one root, no orphan, and the right pair of spans at every hop between services. */

import type { TraceTree } from "./build.ts";
import { type Finding, findAll, findHops, type Hop, label } from "./findings.ts";
import { printable } from "./printable.ts";

/**
 * Joined: the usual shape. Unusual: whole, and instrumented otherwise. Broken: the trace has lost its way. Cut: the
 * backend does not have all of it, so nothing can be said.
 */
export type Grade = "joined" | "unusual" | "broken" | "cut";

export interface Verdict {
  readonly grade: Grade;
  /** Joined or unusual. */
  readonly ok: boolean;
  /** One line: `one root, no orphan, every hop joined: front -> back`, or what was found in a few words. */
  readonly summary: string;
  /** In the order of the tree; empty when joined, and when cut. */
  readonly findings: readonly Finding[];
  /** A sentence for each finding that is broken. */
  readonly problems: readonly string[];
  /** What is odd but not a fault of propagation, such as different clocks. */
  readonly notes: readonly string[];
}

export function verdictOf(tree: TraceTree): Verdict {
  const hops = findHops(tree);
  const notes = skewNotes(hops);
  const { cut } = tree.trace;
  // What is missing may be anything: nobody is accused.
  if (cut !== undefined) {
    const summary = `cut: ${count(tree.trace.spans.length, "span")} of it ${tree.trace.spans.length === 1 ? "is" : "are"} here`;
    return { grade: "cut", ok: false, summary, findings: [], problems: [], notes: [cut, ...notes] };
  }
  const findings = findAll(tree, hops);
  const problems = findings.filter(({ grade }) => grade === "broken").map(({ sentence }) => sentence);
  if (problems.length > 0) {
    return { grade: "broken", ok: false, summary: badSummary(tree, findings), findings, problems, notes };
  }
  if (findings.length > 0) {
    return { grade: "unusual", ok: true, summary: unusualSummary(findings, hops), findings, problems, notes };
  }
  return { grade: "joined", ok: true, summary: goodSummary(tree, hops), findings, problems, notes };
}

function goodSummary({ trace }: TraceTree, hops: readonly Hop[]): string {
  const path = servicePath(hops);
  if (path !== "") return `one root, no orphan, every hop joined: ${path}`;
  return `one root, no orphan, no hop: all in ${printable(trace.spans[0]?.service ?? "nothing")}`;
}

/** `whole: 1 hop without a CLIENT span: front -> back`. */
function unusualSummary(findings: readonly Finding[], hops: readonly Hop[]): string {
  const path = servicePath(hops);
  return `whole, with ${countNouns(findings).join(", ")}${path === "" ? "" : `: ${path}`}`;
}

function badSummary({ roots }: TraceTree, findings: readonly Finding[]): string {
  const broken = findings.filter(({ grade, noun }) => grade === "broken" && noun !== "root");
  return [...(roots.length === 1 ? [] : [count(roots.length, "root")]), ...countNouns(broken)].join(", ");
}

function countNouns(findings: readonly Finding[]): readonly string[] {
  return [...Map.groupBy(findings, ({ noun }) => noun)].map(([noun, { length }]) => count(length, noun));
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

/** `no root`, `1 root`, `2 hops not joined`: the first word is the one that is many. */
function count(n: number, noun: string): string {
  if (n <= 1) return `${n === 0 ? "no" : n} ${noun}`;
  const [first = "", ...rest] = noun.split(" ");
  const many = isAdjective(first) ? [first, ...rest.slice(0, -1), `${rest.at(-1)}s`] : [`${first}s`, ...rest];
  return `${n} ${many.join(" ")}`;
}

function isAdjective(word: string): boolean {
  return ["duplicate", "linked", "shared"].includes(word);
}
