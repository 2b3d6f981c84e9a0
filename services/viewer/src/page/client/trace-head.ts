/** The head of a trace's page: what it is, whether it arrived whole, and the tools for its tree. */

import type { Finding, Grade } from "@baton/trace-tree";
import { matcher } from "../model/find.ts";
import { formatAgo, formatCount, formatDuration, formatMoment, formatNumber, isoMoment } from "../model/format.ts";
import { innermostFailure } from "../model/innermost-failure.ts";
import type { Row, Rows } from "../model/rows.ts";
import { countServices } from "../model/trace-summary.ts";
import { button, el } from "./dom.ts";
import type { ViewState } from "./trace-view.ts";
import type { Tree } from "./tree.ts";
import { copyButton } from "./values.ts";

export interface HeadOptions {
  readonly rows: Rows;
  readonly hues: ReadonlyMap<string, number>;
  readonly tree: Tree;
  readonly state: Pick<ViewState, "showsPath" | "correctsClocks" | "find">;
  /** A sentence for each service whose clock differs. */
  readonly skews: readonly string[];
  /** The state was changed: whether to show the critical path, or whether to correct clocks. */
  readonly onPath: () => void;
  readonly onClocks: () => void;
  readonly onRefresh: () => void;
}

export function renderHead(options: HeadOptions): HTMLElement {
  const { rows, hues, tree, state } = options;
  const first = rows.rows[0]?.span;
  const hue = (service: string) => `hue-${hues.get(service) ?? 0}`;
  return el(
    "header",
    { class: "trace-head" },
    first && el("h1", {}, el("span", { class: `service ${hue(first.service)}` }, first.service), ` ${first.name}`),
    renderFacts(rows),
    renderFailure(rows),
    ...renderVerdict(rows),
    ...renderSkews(options),
    el(
      "div",
      { class: "tools" },
      renderLegend(rows, hue),
      el("div", { class: "actions" }, renderFind(rows.rows, tree, state), ...renderTools(options)),
    ),
  );
}

/** With forty services the spans would begin below the window, so only the first are shown at once. */
const MAX_LEGEND = 8;

function renderLegend({ trace }: Rows, hue: (service: string) => string): HTMLElement {
  const chips = [...countServices(trace)].map(([service, spans]) =>
    el("li", { class: `chip ${hue(service)}` }, el("span", { class: "dot" }), `${service} ${formatNumber(spans)}`),
  );
  const list = el("ul", { class: "legend", "aria-label": "Services" }, ...chips.slice(0, MAX_LEGEND));
  const rest = chips.slice(MAX_LEGEND);
  if (rest.length > 0) {
    const more = button(`and ${formatCount(rest.length, "more service")}`, { class: "quiet small" }, () => {
      last.replaceWith(...rest);
    });
    const last = el("li", {}, more);
    list.append(last);
  }
  return list;
}

/** What the clocks have to do with the picture, and a switch that puts them right. */
function renderSkews({ skews, state, onClocks }: HeadOptions): readonly HTMLElement[] {
  if (skews.length === 0) return [];
  const box = el("input", { type: "checkbox", id: "clocks" });
  box.checked = state.correctsClocks;
  box.addEventListener("change", () => {
    state.correctsClocks = box.checked;
    onClocks();
  });
  const shown = skews.slice(0, MAX_SKEWS).join(" ");
  const rest = skews.length > MAX_SKEWS ? ` And ${formatCount(skews.length - MAX_SKEWS, "more clock")}.` : "";
  const label = el("label", { class: "check" }, box, "Correct the times below");
  return [el("div", { class: "notice warn skews small" }, el("span", {}, `${shown}${rest}`), label)];
}

const MAX_SKEWS = 3;

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

/** Before the verdict, which says that a trace is whole and not that its request went well. */
function renderFailure({ rows }: Rows): HTMLElement | false {
  const { span } = innermostFailure(rows) ?? {};
  if (span === undefined) return false;
  const { service, name, spanId, statusMessage } = span;
  const link = el("a", { href: `#span=${spanId}` }, `${service} ${name}`);
  return el("p", { class: "failure" }, el("span", { class: "mark bad" }, "failed"), link, statusMessage);
}

const MARKS: Readonly<Record<Grade, string>> = { joined: "✓", unusual: "≈", broken: "✗", cut: "…" };

function renderVerdict({ verdict }: Rows): readonly HTMLElement[] {
  const { grade, summary, findings, notes } = verdict;
  const text = summary.replaceAll("->", "→");
  const line = el(
    "p",
    { class: `verdict ${grade}` },
    el("span", { "aria-hidden": "true" }, MARKS[grade]),
    renderSentence(`Trace: ${text}`),
  );
  return [line, ...renderFindings([...findings.map(renderFinding), ...notes.map((note) => el("li", {}, note))])];
}

/** With forty services the sentence has forty hops. */
const MAX_SENTENCE = 160;

function renderSentence(text: string): Node {
  if (text.length <= MAX_SENTENCE) return new Text(text);
  const more = button("Show all", { class: "quiet small" }, () => sentence.replaceChildren(text));
  const sentence = el("span", {}, `${text.slice(0, MAX_SENTENCE)}… `, more);
  return sentence;
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

function renderTools({ rows: { trace, rows }, tree, state, onPath, onRefresh }: HeadOptions): readonly HTMLElement[] {
  const raw = renderDownloads(trace.traceId);
  const compare = el("a", { class: "button quiet", href: `/compare?a=${trace.traceId}` }, "Compare");
  const refresh = button("Refresh", { class: "quiet", id: "refresh" }, onRefresh);
  if (!rows.some((row) => row.children > 0)) return [compare, raw, refresh];
  const path = button("Critical path", { class: "quiet", "aria-pressed": String(state.showsPath) }, () => {
    state.showsPath = !state.showsPath;
    path.setAttribute("aria-pressed", String(state.showsPath));
    onPath();
  });
  return [
    path,
    button("Fold all", { class: "quiet" }, () => tree.foldAll(true)),
    button("Unfold all", { class: "quiet" }, () => tree.foldAll(false)),
    compare,
    raw,
    refresh,
  ];
}

/** A trace that travels by mail: the file opens on the list of traces, here and in Jaeger. */
function renderDownloads(traceId: string): HTMLElement {
  const links = [
    [`/api/viewer/traces/${traceId}/otlp?download`, "Spans and logs, as OTLP"],
    [`/api/traces/${traceId}?download`, "Spans, as Jaeger's JSON"],
    [`/api/traces/${traceId}?prettyPrint=true`, "Look at the JSON"],
  ] as const;
  return el(
    "details",
    { class: "menu" },
    el("summary", { class: "button quiet" }, "Download"),
    el("ul", { class: "card" }, ...links.map(([href, label]) => el("li", {}, el("a", { href }, label)))),
  );
}

/** Marks what matches while one types; Enter goes from match to match, Shift+Enter back. */
function renderFind(rows: readonly Row[], tree: Tree, state: HeadOptions["state"]): HTMLElement {
  const count = el("span", { class: "muted small number", role: "status" });
  const attributes = { type: "search", class: "find-field", "data-slash": true, "aria-label": "Find spans" };
  const field = el("input", attributes);
  field.placeholder = "Find spans";
  field.spellcheck = false;
  let found: readonly Row[] = [];
  let at = -1;
  const find = () => {
    state.find = field.value;
    const matches = matcher(field.value);
    found = matches ? rows.filter(({ span }) => matches(span)) : [];
    at = -1;
    count.textContent = matches ? `${found.length} of ${rows.length}` : "";
    tree.mark(matches && new Set(found));
  };
  field.addEventListener("input", find);
  field.value = state.find;
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
