/** The spans of two traces in one table. */
import type { Span, Trace } from "@baton/trace-tree";
import { ownChange, type Pair, type Side } from "../model/compare.ts";
import { formatCount, formatDuration } from "../model/format.ts";
import { timeWindow } from "../model/layout.ts";
import { stretchOf } from "../model/rows.ts";
import { tracePath } from "../model/search-query.ts";
import { el } from "./dom.ts";

/** More are no comparison that a person reads. */
const MAX_ROWS = 2_000;

/** `The second took 6 ms longer. It lacks 2 spans. Most of it: payments Pay, 5 ms longer by itself.` */
export function describeComparison(a: Trace, b: Trace, pairs: readonly Pair[]): string {
  const [first, second] = [a, b].map(({ spans }) => timeWindow(spans.map(stretchOf)).duration);
  const change = (second ?? 0) - (first ?? 0);
  const missing = pairs.filter((pair) => !pair.b).length;
  const added = pairs.filter((pair) => !pair.a).length;
  const most = pairs.toSorted((x, y) => ownChange(y) - ownChange(x))[0];
  const slower = most && ownChange(most) > 0 ? most : undefined;
  const sentences = [
    change === 0 ? "Both took equally long." : `The second took ${describe(change)}.`,
    missing > 0 && `It lacks ${formatCount(missing, "span")}.`,
    added > 0 && `It has ${formatCount(added, "more span", "more spans")}.`,
    slower && change > 0 && `Most of it: ${label(slower)}, ${describe(ownChange(slower))} by itself.`,
  ];
  return sentences.filter((sentence) => typeof sentence === "string").join(" ");
}

export function renderPairs(pairs: readonly Pair[], hues: ReadonlyMap<string, number>): HTMLElement {
  if (pairs.length === 0) return el("p", { class: "notice" }, "No span differs by more than a tenth of its time.");
  const longest = Math.max(1, ...pairs.flatMap(({ a, b }) => [micros(a), micros(b)]));
  const names = ["Span", "First", "Second", "Difference"];
  const rest = pairs.length - MAX_ROWS;
  return el(
    "div",
    { class: "card pairs-card" },
    el(
      "table",
      { class: "pairs" },
      el("thead", {}, el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...pairs.slice(0, MAX_ROWS).map((pair) => renderPair(pair, longest, hues))),
    ),
    rest > 0 && el("p", { class: "muted small" }, `and ${formatCount(rest, "more span", "more spans")}`),
  );
}

function renderPair(pair: Pair, longest: number, hues: ReadonlyMap<string, number>): HTMLElement {
  const { a, b, depth } = pair;
  const span = (a ?? b)?.span;
  if (!span) return el("tr");
  const name = el("td", { class: "pair-name" }, el("span", { class: "service" }, span.service), ` ${span.name}`);
  name.style.setProperty("--depth", String(depth));
  const state = !b ? "missing" : !a ? "added" : "";
  return el(
    "tr",
    { class: `hue-${hues.get(span.service) ?? 0} ${state}` },
    name,
    sideCell(a, longest),
    sideCell(b, longest),
    changeCell(pair),
  );
}

function sideCell(side: Side | undefined, longest: number): HTMLElement {
  if (!side) return el("td", { class: "muted" }, "not there");
  const { span } = side;
  const bar = el("span", { class: span.status === "error" ? "share failed" : "share" });
  bar.style.setProperty("--share", `${(span.durationMicros / longest) * 100}%`);
  const link = el(
    "a",
    { class: "number", href: tracePath(span.traceId, span.spanId) },
    formatDuration(span.durationMicros),
  );
  return el("td", {}, link, span.status === "error" && el("span", { class: "mark bad" }, "error"), bar);
}

function changeCell({ a, b }: Pair): HTMLElement {
  if (!b) return el("td", { class: "change bad-text" }, "missing");
  if (!a) return el("td", { class: "change" }, "new");
  const change = b.span.durationMicros - a.span.durationMicros;
  if (change === 0) return el("td", { class: "change muted" }, "none");
  const isSlower = change > Math.max(200, a.span.durationMicros / 10);
  return el(
    "td",
    { class: isSlower ? "change number bad-text" : "change number" },
    `${change > 0 ? "+" : "−"}${formatDuration(Math.abs(change))}`,
  );
}

function describe(change: number): string {
  return `${formatDuration(Math.abs(change))} ${change > 0 ? "longer" : "less"}`;
}

function label({ a, b }: Pair): string {
  const span: Span | undefined = (b ?? a)?.span;
  return span ? `${span.service} ${span.name}` : "";
}

function micros(side: Side | undefined): number {
  return side?.span.durationMicros ?? 0;
}
