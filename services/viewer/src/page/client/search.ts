/** The page /search: a form whose state is the address, and the traces that it finds. */
import { assignHues } from "../model/colour.ts";
import { formatBytes, formatCount, formatNumber } from "../model/format.ts";
import {
  apiQuery,
  CUSTOM,
  DEFAULT_SEARCH,
  type Problem,
  readRefusal,
  readSearch,
  type SearchState,
  writeSearch,
} from "../model/search-query.ts";
import type { TraceSummary } from "../model/trace-summary.ts";
import { ApiError, explain, findData, getAnswer, getData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { wireKept } from "./kept.ts";
import { autoRefresh, startPage } from "./page.ts";
import { fillForm, offer, readForm, showProblem, showRange, unfoldFilters } from "./search-form.ts";
import { renderEmpty, renderTraces } from "./trace-list.ts";

const FIRST_TRACE_MS = 1_000;

interface Stats {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
  readonly droppedTraces: number;
}

interface Found {
  readonly traces: readonly TraceSummary[];
  readonly total: number;
  /** Ids that were asked for and are not here. */
  readonly missing: readonly string[];
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
document.addEventListener("change", ({ target }) => {
  const is = (name: string) => target === form.elements.namedItem(name);
  // Another service has other operations.
  if (is("service")) go({ ...readForm(form), operation: "" });
  if (is("sort")) go(readForm(form));
  if (is("lookback")) showRange(readForm(form).lookback === CUSTOM);
});
addEventListener("popstate", () => follow());
byId("refresh", HTMLButtonElement).addEventListener("click", () => void load());
autoRefresh(byId("auto", HTMLInputElement), load);
wireKept({
  onTraces: (traceIds) => go({ ...DEFAULT_SEARCH, traceIds: traceIds.join(" ") }),
  onChange: load,
  onFailure: (problem) => refuse({ problem }),
});
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
  byId("map", HTMLAnchorElement).href = `/map?${writeSearch(state)}`;
  void load();
}

async function load(): Promise<void> {
  latest += 1;
  const mine = latest;
  clearTimeout(firstTrace);
  const query = apiQuery(state);
  if (!query.ok) return refuse(query);
  try {
    const [services, operations, found, stats] = await Promise.all([
      getData<readonly string[]>("/api/services"),
      state.service === ""
        ? []
        : getData<readonly string[]>(`/api/services/${encodeURIComponent(state.service)}/operations`),
      findTraces(query.query),
      findData<Stats>("/api/viewer/stats"),
    ]);
    if (mine !== latest) return;
    showProblem(form);
    offer(form.elements.namedItem("service"), services);
    offer(form.elements.namedItem("operation"), operations);
    show(services, found);
    byId("stats", HTMLParagraphElement).textContent = stats ? statsLine(stats) : "";
    // A newcomer's page fills itself.
    if (services.length === 0) firstTrace = setTimeout(() => void load(), FIRST_TRACE_MS);
  } catch (error) {
    if (mine !== latest) return;
    refuse(
      error instanceof ApiError && error.status === 400 ? readRefusal(error.message) : { problem: explain(error) },
    );
  }
}

async function findTraces(query: string): Promise<Found> {
  const { data, total, errors } = await getAnswer<readonly TraceSummary[]>(`/api/viewer/traces?${query}`);
  return { traces: data, total, missing: (errors ?? []).flatMap(({ traceID }) => traceID ?? []) };
}

/** Says why there is nothing: at the field, or where the form has none for it, in place of the results. */
function refuse(problem: Problem): void {
  const isAtField = showProblem(form, problem);
  say("Nothing to show");
  const text = isAtField ? "This search cannot be made. Correct the field that is marked." : problem.problem;
  results.replaceChildren(el("p", { class: "notice bad", role: isAtField ? undefined : "alert" }, text));
}

function show(services: readonly string[], { traces, total, missing }: Found): void {
  const shown = state.sort === "newest" ? traces.toSorted((a, b) => b.start - a.start) : traces;
  const focused = document.activeElement?.getAttribute("href");
  const hues = assignHues(traces.flatMap((trace) => [trace.service, ...trace.services.map(({ name }) => name)]));
  say(countTraces(traces.length, total));
  const gone = missing.length > 0 && el("p", { class: "notice" }, `Not here: ${missing.join(", ")}.`);
  results.replaceChildren(
    ...(gone ? [gone] : []),
    shown.length === 0 ? renderEmpty(services.length > 0) : renderTraces(shown, hues),
  );
  // A refresh must not take the keyboard's place in the list away.
  if (focused) results.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

/** `211 traces`, or `the newest 20 of 211 traces`. */
function countTraces(shown: number, total: number): string {
  if (total === 0) return "No traces";
  if (shown === total) return formatCount(total, "trace");
  const field = form.elements.namedItem("sort");
  const order = field instanceof HTMLSelectElement ? field.selectedOptions[0]?.text : undefined;
  return `${formatNumber(shown)} of ${formatCount(total, "trace")}, ${order} first`;
}

function say(text: string): void {
  const summary = byId("summary", HTMLHeadingElement);
  if (summary.textContent !== text) summary.textContent = text;
}

function statsLine({ traces, spans, bytes, droppedTraces }: Stats): string {
  const kept = `${formatCount(traces, "trace")}, ${formatCount(spans, "span")}, ${formatBytes(bytes)}`;
  const dropped = droppedTraces > 0 ? `; ${formatCount(droppedTraces, "older trace")} dropped to make room` : "";
  return `In memory: ${kept}${dropped}.`;
}
