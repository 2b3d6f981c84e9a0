/** The page /search: a form whose state is the address, and the traces that it finds. */

import type { JaegerTrace } from "@baton/trace-tree";
import { readTrace } from "@baton/trace-tree";
import { assignHues } from "../model/colour.ts";
import { formatBytes, formatCount } from "../model/format.ts";
import { apiQuery, DEFAULT_SEARCH, readSearch, type SearchState, writeSearch } from "../model/search-query.ts";
import { summarise, type TraceSummary } from "../model/trace-summary.ts";
import { explain, findData, getData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { autoRefresh, startPage } from "./page.ts";
import { fillForm, offer, readForm, showProblem, unfoldFilters } from "./search-form.ts";
import { renderEmpty, renderTraces } from "./trace-list.ts";

const FIRST_TRACE_MS = 1_000;

interface Stats {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
  readonly droppedTraces: number;
}

const form = byId("search", HTMLFormElement);
const results = byId("results", HTMLDivElement);
let state = DEFAULT_SEARCH;
// An answer that a later search has overtaken is not shown.
let latest = 0;
let firstTrace: ReturnType<typeof setTimeout> | undefined;

startPage();
unfoldFilters();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(readForm(form));
});
form.addEventListener("reset", (event) => {
  event.preventDefault();
  go(DEFAULT_SEARCH);
});
form.addEventListener("change", ({ target }) => {
  // Another service has other operations.
  if (target === form.elements.namedItem("service")) go({ ...readForm(form), operation: "" });
});
addEventListener("popstate", () => follow());
byId("refresh", HTMLButtonElement).addEventListener("click", () => void load());
autoRefresh(byId("auto", HTMLInputElement), load);
follow();

/** A new search is a new address, so that it can be shared and gone back from. */
function go(next: SearchState): void {
  const query = writeSearch(next);
  history.pushState(null, "", query === "" ? "/search" : `/search?${query}`);
  follow();
}

/** Searches as the address says. Only this fills the form: a refresh must not take away what is being typed. */
function follow(): void {
  state = readSearch(new URLSearchParams(location.search));
  fillForm(form, state);
  void load();
}

async function load(): Promise<void> {
  latest += 1;
  const mine = latest;
  clearTimeout(firstTrace);
  const query = apiQuery(state);
  if (!query.ok) return showProblem(form, query.field, query.problem);
  showProblem(form);
  try {
    const [services, operations, traces, stats] = await Promise.all([
      getData<readonly string[]>("/api/services"),
      state.service === ""
        ? []
        : getData<readonly string[]>(`/api/services/${encodeURIComponent(state.service)}/operations`),
      getData<readonly JaegerTrace[]>(`/api/traces?${query.query}`),
      findData<Stats>("/api/viewer/stats"),
    ]);
    if (mine !== latest) return;
    offer(form, "service", services);
    offer(form, "operation", operations);
    show(
      services,
      traces.map((trace) => summarise(readTrace(trace))),
    );
    showStats(stats);
    // A newcomer's page fills itself.
    if (services.length === 0) firstTrace = setTimeout(() => void load(), FIRST_TRACE_MS);
  } catch (error) {
    if (mine !== latest) return;
    say("Nothing to show");
    results.replaceChildren(el("p", { class: "notice bad" }, explain(error)));
  }
}

function show(services: readonly string[], traces: readonly TraceSummary[]): void {
  const newest = traces.toSorted((a, b) => b.start - a.start);
  const focused = document.activeElement?.getAttribute("href");
  const hues = assignHues([...services, ...traces.flatMap((trace) => [...trace.services.keys()])]);
  say(newest.length === 0 ? "No traces" : formatCount(newest.length, "trace"));
  results.replaceChildren(newest.length === 0 ? renderEmpty(services.length > 0) : renderTraces(newest, hues));
  // A refresh must not take the keyboard's place in the list away.
  if (focused) results.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function say(text: string): void {
  const summary = byId("summary", HTMLHeadingElement);
  if (summary.textContent !== text) summary.textContent = text;
}

function showStats(stats: Stats | undefined): void {
  byId("stats", HTMLParagraphElement).textContent = stats ? statsLine(stats) : "";
}

function statsLine({ traces, spans, bytes, droppedTraces }: Stats): string {
  const kept = `${formatCount(traces, "trace")}, ${formatCount(spans, "span")}, ${formatBytes(bytes)}`;
  const dropped = droppedTraces > 0 ? `; ${formatCount(droppedTraces, "older trace")} dropped to make room` : "";
  return `In memory: ${kept}${dropped}.`;
}
