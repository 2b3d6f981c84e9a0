/** The head of a trace's page: what it is, whether it arrived whole, and the tools for its tree. */

import type { Finding, Grade } from "@baton/trace-tree";
import { matcher } from "../model/find.ts";
import { formatAgo, formatCount, formatDuration, formatMoment, formatNumber, isoMoment } from "../model/format.ts";
import type { Row, Rows } from "../model/rows.ts";
import { countServices } from "../model/trace-summary.ts";
import { button, el } from "./dom.ts";
import type { Tree } from "./tree.ts";
import { copyButton } from "./values.ts";

export interface HeadOptions {
  readonly rows: Rows;
  readonly hues: ReadonlyMap<string, number>;
  readonly tree: Tree;
}

export function renderHead({ rows, hues, tree }: HeadOptions): HTMLElement {
  const first = rows.rows[0]?.span;
  const hue = (service: string) => `hue-${hues.get(service) ?? 0}`;
  return el(
    "header",
    { class: "trace-head" },
    first && el("h1", {}, el("span", { class: `service ${hue(first.service)}` }, first.service), ` ${first.name}`),
    renderFacts(rows),
    ...renderVerdict(rows),
    el(
      "div",
      { class: "tools" },
      el(
        "ul",
        { class: "legend", "aria-label": "Services" },
        ...[...countServices(rows.trace)].map(([service, spans]) =>
          el(
            "li",
            { class: `chip ${hue(service)}` },
            el("span", { class: "dot" }),
            `${service} ${formatNumber(spans)}`,
          ),
        ),
      ),
      el("div", { class: "actions" }, renderFind(rows.rows, tree), ...renderTools(rows, tree)),
    ),
  );
}

function renderFacts({ trace, window }: Rows): HTMLElement {
  const errors = trace.spans.filter(({ status }) => status === "error").length;
  const started = `${formatMoment(window.start)} (${formatAgo(window.start, Date.now() * 1e3)})`;
  return el(
    "dl",
    { class: "facts number" },
    fact("Took ", el("strong", {}, formatDuration(window.duration))),
    fact("Started ", el("time", { datetime: isoMoment(window.start) }, started)),
    fact("Holds ", formatCount(trace.spans.length, "span")),
    errors > 0 && fact("Failed ", el("span", { class: "mark bad" }, formatCount(errors, "error"))),
    fact(
      "Trace ",
      el("code", {}, trace.traceId),
      copyButton(async () => trace.traceId, "the trace id"),
    ),
  );
}

function fact(name: string, ...value: (Node | string)[]): HTMLElement {
  return el("div", {}, el("dt", {}, name), el("dd", {}, ...value));
}

const MARKS: Readonly<Record<Grade, string>> = { joined: "✓", unusual: "≈", broken: "✗", cut: "…" };

function renderVerdict({ verdict }: Rows): readonly HTMLElement[] {
  const { grade, summary, findings, notes } = verdict;
  const text = summary.replaceAll("->", "→");
  const line = el(
    "p",
    { class: `verdict ${grade}` },
    el("span", { "aria-hidden": "true" }, MARKS[grade]),
    text.charAt(0).toUpperCase() + text.slice(1),
  );
  return [line, ...renderFindings([...findings.map(renderFinding), ...notes.map((note) => el("li", {}, note))])];
}

/** A few are read at a glance; a trace in pieces may have hundreds, which must not push its tree off the page. */
function renderFindings(findings: readonly HTMLElement[]): readonly HTMLElement[] {
  if (findings.length === 0) return [];
  const list = el("ul", { class: "findings" }, ...findings.slice(0, MAX_FINDINGS));
  const rest = findings.length - MAX_FINDINGS;
  if (rest > 0) list.append(el("li", {}, `and ${formatCount(rest, "more", "more")}`));
  const title = el("summary", {}, formatCount(findings.length, "finding"));
  return [el("details", { class: "muted small", open: findings.length <= 3 }, title, list)];
}

const MAX_FINDINGS = 100;

function renderFinding({ sentence, causes, next }: Finding): HTMLElement {
  return el(
    "li",
    {},
    sentence,
    el(
      "details",
      {},
      el("summary", {}, "Likely causes, and what to look at next"),
      el("ol", {}, ...causes.map((cause) => el("li", {}, cause))),
      el("p", {}, next),
    ),
  );
}

function renderTools({ trace, rows }: Rows, tree: Tree): readonly HTMLElement[] {
  const raw = el("a", { class: "button quiet", href: `/api/traces/${trace.traceId}` }, "JSON");
  if (!rows.some((row) => row.children > 0)) return [raw];
  return [
    button("Fold all", { class: "quiet" }, () => tree.foldAll(true)),
    button("Unfold all", { class: "quiet" }, () => tree.foldAll(false)),
    raw,
  ];
}

/** Marks what matches while one types; Enter goes from match to match, Shift+Enter back. */
function renderFind(rows: readonly Row[], tree: Tree): HTMLElement {
  const count = el("span", { class: "muted small number", role: "status" });
  const attributes = { type: "search", class: "find-field", "data-slash": true, "aria-label": "Find spans" };
  const field = el("input", attributes);
  field.placeholder = "Find spans";
  field.spellcheck = false;
  let found: readonly Row[] = [];
  let at = -1;
  const find = () => {
    const matches = matcher(field.value);
    found = matches ? rows.filter(({ span }) => matches(span)) : [];
    at = -1;
    count.textContent = matches ? `${found.length} of ${rows.length}` : "";
    tree.mark(matches && new Set(found));
  };
  field.addEventListener("input", find);
  // Jaeger's page writes what was looked for into the address.
  field.value = new URLSearchParams(location.search).get("uiFind") ?? "";
  if (field.value !== "") queueMicrotask(find);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || found.length === 0) return;
    at = (at + (event.shiftKey ? -1 : 1) + found.length) % found.length;
    const row = found[at];
    if (row) tree.choose(row);
    count.textContent = `${at + 1} of ${found.length}`;
  });
  return el("div", { class: "find" }, count, field, el("kbd", {}, "/"));
}
