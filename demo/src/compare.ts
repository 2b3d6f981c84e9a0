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

/** Spans with the same label are told apart by their order. */
function compareSiblings(expected: readonly ExpectedSpan[], found: readonly TreeNode[], path: Path): string[] {
  const left = [...found];
  const differences: string[] = [];
  for (const span of expected) {
    const index = left.findIndex((candidate) => labelOf(candidate.span) === labelOf(span));
    const [match] = index === -1 ? [] : left.splice(index, 1);
    if (match === undefined) differences.push(`missing: ${at(path, span)}`);
    else differences.push(...compareSpan(span, match, path));
  }
  for (const { span } of left) differences.push(`not expected: ${at(path, span)}`);
  if (differences.length === 0) differences.push(...compareOrder(expected, found, path));
  return differences;
}

function compareOrder(expected: readonly ExpectedSpan[], found: readonly TreeNode[], path: Path): string[] {
  const wanted = expected.map(labelOf).join(", ");
  const got = found.map(({ span }) => labelOf(span)).join(", ");
  return wanted === got ? [] : [`${path.join(" > ")}: children are in the order ${got}; expected ${wanted}`];
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
