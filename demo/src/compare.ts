/** Compares a whole tree with what it must be. */
import type { ExpectedSpan, FoundSpan } from "./expected-tree.ts";

/**
 * One sentence for each difference; none when the trees are equal.
 * @param found The roots of what was found: exactly one is right.
 */
export function compareTree(expected: ExpectedSpan, found: readonly FoundSpan[]): readonly string[] {
  return compareSiblings([expected], found, []);
}

/** `front SERVER GET /rolldice` */
export function spanLabel({ service, kind, name }: ExpectedSpan | FoundSpan): string {
  return `${service} ${kind} ${name}`;
}

type Path = readonly string[];

/** Spans with the same label are told apart by their order. */
function compareSiblings(expected: readonly ExpectedSpan[], found: readonly FoundSpan[], path: Path): string[] {
  const left = [...found];
  const differences: string[] = [];
  for (const span of expected) {
    const index = left.findIndex((candidate) => spanLabel(candidate) === spanLabel(span));
    const [match] = index === -1 ? [] : left.splice(index, 1);
    if (match === undefined) differences.push(`missing: ${at(path, span)}`);
    else differences.push(...compareSpan(span, match, path));
  }
  for (const span of left) differences.push(`not expected: ${at(path, span)}`);
  if (differences.length === 0) differences.push(...compareOrder(expected, found, path));
  return differences;
}

function compareOrder(expected: readonly ExpectedSpan[], found: readonly FoundSpan[], path: Path): string[] {
  const wanted = expected.map(spanLabel).join(", ");
  const got = found.map(spanLabel).join(", ");
  return wanted === got ? [] : [`${path.join(" > ")}: children are in the order ${got}; expected ${wanted}`];
}

function compareSpan(expected: ExpectedSpan, found: FoundSpan, path: Path): string[] {
  const here = at(path, expected);
  const differences: string[] = [];
  const status = expected.status ?? "unset";
  if (found.status !== status) differences.push(`${here}: status is ${found.status}, expected ${status}`);
  for (const [key, value] of Object.entries(expected.attributes ?? {})) {
    const actual = found.attributes[key];
    if (!attributeMatches(value, actual)) {
      differences.push(`${here}: ${key} is ${show(actual)}, expected ${show(value)}`);
    }
  }
  if (expected.events !== undefined && expected.events.join() !== found.events.join()) {
    differences.push(`${here}: events are [${found.events.join(", ")}], expected [${expected.events.join(", ")}]`);
  }
  return [...differences, ...compareSiblings(expected.children ?? [], found.children, [...path, spanLabel(expected)])];
}

function attributeMatches(expected: string | number | boolean | RegExp | null, actual: unknown): boolean {
  if (expected === null) return actual === undefined;
  if (expected instanceof RegExp) return typeof actual === "string" && expected.test(actual);
  return actual === expected;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "not there";
  return value instanceof RegExp ? String(value) : JSON.stringify(value);
}

function at(path: Path, span: ExpectedSpan | FoundSpan): string {
  return [...path, spanLabel(span)].join(" > ");
}
