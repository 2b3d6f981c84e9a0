/** The result of one request: its answer, its verdict, its tree, and the spans in detail. */
import { type Span, type TraceTree, verdictOf } from "@baton/trace-tree";
import { assignHues, copyButton, createTree, el, readRows } from "@baton/viewer/page";
import { facts } from "./facts.ts";
import type { Answer } from "./send.ts";
import type { Found } from "./traces.ts";

export interface ResultOptions {
  readonly title: string;
  readonly answer: Answer;
  /** `undefined` while the trace is waited for. */
  readonly found: Found | undefined;
  /** Attributes to mark, because the scenario is about them. @default none */
  readonly marked?: readonly string[];
  /** Not said where a scenario is meant to be broken. @default true */
  readonly showDifferences?: boolean;
}

const maxLines = 6;

export function renderResult(options: ResultOptions): readonly HTMLElement[] {
  const { title, answer, found, showDifferences = true } = options;
  const tree = found?.tree;
  return [
    el("header", { class: "result-head" }, el("h3", {}, title), renderLinks(answer.traceId, tree !== undefined)),
    renderAnswer(answer),
    tree === undefined ? renderWaiting(answer, found) : renderVerdict(tree),
    ...(showDifferences && tree !== undefined ? renderDifferences(found?.differences ?? []) : []),
    ...(tree === undefined ? [] : renderTree(tree, options.marked ?? [])),
  ];
}

export function renderLinks(traceId: string | undefined, isThere: boolean): HTMLElement {
  if (traceId === undefined) return el("span");
  return el(
    "div",
    { class: "actions small" },
    el("code", { class: "id", title: "The trace id" }, traceId),
    copyButton(async () => traceId, "the trace id"),
    isThere && facts.queryPageUrl !== "" && renderLink("Open in the backend", `${facts.queryPageUrl}/trace/${traceId}`),
    isThere && renderLink("JSON", `/lab/traces/${traceId}`),
  );
}

/** `el()` allows no link to another server. These are front's own. */
function renderLink(text: string, href: string): HTMLElement {
  const link = el("a", {}, text);
  link.target = "_blank";
  link.href = href;
  return link;
}

function renderAnswer({ status, lines, durationMs, traceresponse }: Answer): HTMLElement {
  const more = lines.length > maxLines ? [`… and ${lines.length - maxLines} more lines`] : [];
  const kind = status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
  return el(
    "div",
    { class: "answer card" },
    el(
      "p",
      { class: "number" },
      el("span", { class: `chip ${kind}` }, status),
      el("span", { class: "muted small" }, `${Math.round(durationMs)} ms`),
    ),
    renderText(lines) ??
      el(
        "pre",
        { tabindex: 0, "aria-label": "The body of the answer" },
        [...lines.slice(0, maxLines), ...more].map(pretty).join("\n"),
      ),
    traceresponse !== undefined && el("p", { class: "small muted" }, "traceresponse: ", el("code", {}, traceresponse)),
  );
}

/** The body of an endpoint of an option says what to look for. */
function renderText(lines: readonly string[]): HTMLElement | undefined {
  const body = readObject(lines[0] ?? "");
  if (body.look === undefined) return undefined;
  const rows = [
    ["Option", el("code", {}, String(body.option))],
    ["Look for", String(body.look)],
    ["Why", String(body.why)],
  ] as const;
  return el(
    "dl",
    { class: "option-text" },
    ...rows.map(([name, text]) => el("div", {}, el("dt", { class: "muted small" }, name), el("dd", {}, text))),
  );
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** JSON objects of an answer get a line for each field. */
function pretty(line: string): string {
  return line.startsWith("{") ? JSON.stringify(readObject(line), null, 2) : line;
}

function renderWaiting({ traceId }: Answer, found: Found | undefined): HTMLElement {
  if (!facts.hasTraces)
    return el("p", { class: "notice" }, "QUERY_URL names no trace backend, so front cannot show the trace.");
  if (traceId === undefined) return el("p", { class: "notice bad" }, "The answer does not name its trace.");
  if (found === undefined)
    return el(
      "p",
      { class: "notice waiting", role: "status" },
      "Waiting for the spans: each service sends them in batches.",
    );
  return el("p", { class: "notice bad", role: "status" }, "No span of this trace has arrived.");
}

export function renderVerdict(tree: TraceTree): HTMLElement {
  const { grade, ok, summary, problems, notes } = verdictOf(tree);
  const text = summary.replaceAll("->", "→");
  return el(
    "div",
    { class: "verdict-block" },
    el(
      "p",
      { class: `verdict ${grade}`, role: "status" },
      el("span", { "aria-hidden": "true" }, ok ? "✓" : "✗"),
      `Trace: ${text}`,
    ),
    problems.length + notes.length > 0 &&
      el("ul", { class: "findings muted small" }, ...[...problems, ...notes].map((line) => el("li", {}, line))),
  );
}

export function countDifferences(count: number): string {
  return `✗ ${count} difference${count === 1 ? "" : "s"}`;
}

export function renderDifferences(differences: readonly string[]): readonly HTMLElement[] {
  if (differences.length === 0) return [];
  return [
    el(
      "div",
      { class: "notice bad differences small" },
      el("p", {}, "The verdict is about the spans that came. Other spans are expected here:"),
      el("ul", {}, ...differences.map((line) => el("li", {}, line))),
    ),
  ];
}

/** The waterfall. A row that is chosen shows what its span holds, with the attributes that matter first. */
export function renderTree({ trace }: TraceTree, marked: readonly string[]): readonly HTMLElement[] {
  const rows = readRows(trace);
  const hues = assignHues([...new Set(trace.spans.map(({ service }) => service))]);
  const details = el("div", { class: "span-details card", hidden: true });
  const tree = createTree({
    rows,
    hues,
    folded: new Set(),
    onZoom: () => {},
    onSelect: (row) => {
      details.hidden = row === undefined;
      details.replaceChildren(...(row === undefined ? [] : renderSpan(row.span, marked)));
    },
  });
  tree.draw(rows.window, false);
  const first = rows.rows.find(({ span }) => marked.some((key) => span.attributes[key] !== undefined));
  if (first !== undefined) queueMicrotask(() => tree.choose(first));
  return [tree.element, details];
}

function renderSpan(span: Span, marked: readonly string[]): readonly HTMLElement[] {
  const entries = Object.entries(span.attributes).filter(([key]) => !shownElsewhere.has(key));
  const isMarked = ([key]: readonly [string, unknown]) => marked.includes(key);
  const ordered = [...entries.filter(isMarked), ...entries.filter((entry) => !isMarked(entry))];
  return [
    el(
      "p",
      { class: "small muted" },
      `${span.service} ${span.kind.toUpperCase()} ${span.name}, span `,
      el("code", {}, span.spanId),
      span.parentId === undefined ? ", a root" : ", child of ",
      span.parentId !== undefined && el("code", {}, span.parentId),
    ),
    el(
      "table",
      { class: "values" },
      el("caption", { class: "sr-only" }, "Attributes"),
      el(
        "tbody",
        {},
        ...ordered.map((entry) =>
          el(
            "tr",
            { class: isMarked(entry) ? "wanted" : undefined },
            el("th", { scope: "row" }, entry[0]),
            el("td", {}, String(entry[1])),
          ),
        ),
        ...span.events.map(({ name, attributes }) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, `event: ${name}`),
            el(
              "td",
              {},
              Object.entries(attributes)
                .map(([key, value]) => `${key}=${value}`)
                .join(" "),
            ),
          ),
        ),
        ...span.links.map(({ traceId, spanId }) =>
          el("tr", {}, el("th", { scope: "row" }, "link"), el("td", {}, `trace ${traceId}, span ${spanId}`)),
        ),
      ),
    ),
  ];
}

/** Jaeger's tags that repeat a field of the span. */
const shownElsewhere: ReadonlySet<string> = new Set(["span.kind", "otel.scope.name", "otel.scope.version"]);
