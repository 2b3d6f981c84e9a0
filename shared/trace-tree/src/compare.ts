/** Compares a whole tree with the expected one, which is written as data. */
import type { TraceTree, TreeNode } from "./build.ts";
import type { Span, SpanKind, SpanStatus, TagValue } from "./trace.ts";

export interface ExpectedSpan {
  /** `service.name` of the process that made it. @default Not compared. */
  readonly service?: string;
  readonly kind: SpanKind;
  readonly name: string;
  /** @default "unset" */
  readonly status?: SpanStatus;
  /**
   * Those that matter here; the span may have more. A pattern is for text. `null` says that the span must not have the
   * attribute. A list is its JSON text.
   */
  readonly attributes?: Readonly<Record<string, TagValue | RegExp | null>>;
  /** Names of its events, all of them, in order. @default Not compared. */
  readonly events?: readonly string[];
  /** How many links to other traces it has. @default Not compared. */
  readonly links?: number;
  /** All of them, in any order. @default None. */
  readonly children?: readonly ExpectedSpan[];
}

/** One sentence for each difference; none when the trees are equal. */
export function compareTree(expected: ExpectedSpan, { roots, orphans, circles }: TraceTree): readonly string[] {
  return compareSiblings([expected], [...roots, ...orphans, ...circles], []);
}

/** `front SERVER GET /rolldice` */
function labelOf({ service, kind, name }: Pick<ExpectedSpan, "service" | "kind" | "name">): string {
  return [service, kind.toUpperCase(), name].filter((part) => part !== undefined).join(" ");
}

function isSameSpan(expected: ExpectedSpan, { service, kind, name }: Span): boolean {
  return kind === expected.kind && name === expected.name && service === (expected.service ?? service);
}

type Path = readonly string[];

/**
 * Siblings may be in any order: SDKs and backends do not keep the order of spans that start in the same millisecond.
 * Where several spans have the same name, each expected span is compared with the one that differs least.
 */
function compareSiblings(expected: readonly ExpectedSpan[], found: readonly TreeNode[], path: Path): string[] {
  const left = [...found];
  const differences: string[] = [];
  for (const span of expected) {
    const candidates = left
      .filter((candidate) => isSameSpan(span, candidate.span))
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
  const { links = span.links.length } = expected;
  if (span.links.length !== links) differences.push(`${here}: links are ${span.links.length}, expected ${links}`);
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
