/** Compares a whole tree with what it must be. */
import type { TagValue, TraceTree, TreeNode } from "@baton/viewer/tree";
import type { ExpectedSpan } from "./expected-tree.ts";

/** One sentence for each difference; none when the trees are equal. */
export function compareTree(expected: ExpectedSpan, { roots, orphans, circles }: TraceTree): readonly string[] {
  return compareSiblings([expected], [...roots, ...orphans, ...circles], []);
}

/** `front SERVER GET /rolldice` */
function labelOf({ service, kind, name }: Pick<ExpectedSpan, "service" | "kind" | "name">): string {
  return `${service} ${kind.toUpperCase()} ${name}`;
}

type Path = readonly string[];

/**
 * Siblings in any order: those that start within one millisecond have no order that every SDK and backend keeps. Of
 * several with the same label the one that fits best is taken.
 */
function compareSiblings(expected: readonly ExpectedSpan[], found: readonly TreeNode[], path: Path): string[] {
  const left = [...found];
  const differences: string[] = [];
  for (const span of expected) {
    const candidates = left
      .filter((candidate) => labelOf(candidate.span) === labelOf(span))
      .map((candidate) => ({ candidate, differences: compareSpan(span, candidate, path) }))
      .toSorted((a, b) => a.differences.length - b.differences.length);
    const [best] = candidates;
    if (best === undefined) {
      differences.push(`missing: ${at(path, span)}`);
      continue;
    }
    left.splice(left.indexOf(best.candidate), 1);
    differences.push(...best.differences);
  }
  return [...differences, ...left.map(({ span }) => `not expected: ${at(path, span)}`)];
}

function compareSpan(expected: ExpectedSpan, found: TreeNode, path: Path): string[] {
  const here = at(path, expected);
  const { span } = found;
  const differences: string[] = [];
  const status = expected.status ?? "unset";
  if (span.status !== status) differences.push(`${here}: status is ${span.status}, expected ${status}`);
  for (const [key, value] of Object.entries(expected.attributes ?? {})) {
    const actual = span.attributes[key];
    if (!attributeMatches(value, actual)) {
      differences.push(`${here}: ${key} is ${show(actual)}, expected ${show(value)}`);
    }
  }
  const events = span.events.map(({ name }) => name).join(", ");
  const wantedEvents = expected.events?.join(", ") ?? events;
  if (events !== wantedEvents) differences.push(`${here}: events are [${events}], expected [${wantedEvents}]`);
  differences.push(...compareSiblings(expected.children ?? [], found.children, [...path, labelOf(expected)]));
  return differences;
}

function attributeMatches(expected: TagValue | RegExp | null, actual: TagValue | undefined): boolean {
  if (expected === null) return actual === undefined;
  if (expected instanceof RegExp) return typeof actual === "string" && expected.test(actual);
  return actual === expected;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "not there";
  return value instanceof RegExp ? String(value) : JSON.stringify(value);
}

function at(path: Path, span: Parameters<typeof labelOf>[0]): string {
  return [...path, labelOf(span)].join(" > ");
}
