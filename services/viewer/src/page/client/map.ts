/** The page /map: which service calls which, in the traces that a search finds. The address is that of the search. */
import { assignHues } from "../model/colour.ts";
import { formatCount, formatDuration, formatNumber } from "../model/format.ts";
import { apiQuery, readSearch } from "../model/search-query.ts";
import type { MapCall, ServiceMap } from "../model/service-map.ts";
import { explain, getData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { renderChart } from "./map-chart.ts";
import { autoRefresh, startPage } from "./page.ts";

/** More than a list shows: a map of a thousand traces is no larger than one of ten. */
const MAX_TRACES = "1000";

const view = byId("map", HTMLDivElement);
const narrow = matchMedia("(max-width: 700px)");
const params = new URLSearchParams(location.search);

startPage();
byId("change", HTMLAnchorElement).href = `/search${location.search}`;
byId("refresh", HTMLButtonElement).addEventListener("click", () => void load());
autoRefresh(byId("auto", HTMLInputElement), load);
narrow.addEventListener("change", () => void load());
void load();

async function load(): Promise<void> {
  const state = readSearch(params);
  const query = apiQuery({ ...state, limit: params.get("limit") ?? MAX_TRACES });
  try {
    if (!query.ok) throw new Error(query.problem);
    const map = await getData<ServiceMap>(`/api/viewer/map?${query.query}`);
    show(map, assignHues(map.nodes.map(({ name }) => name)));
  } catch (error) {
    say("Nothing to show");
    view.replaceChildren(el("p", { class: "notice bad", role: "alert" }, explain(error)));
  }
}

function show(map: ServiceMap, hues: ReadonlyMap<string, number>): void {
  const { nodes, moreNodes, calls, traces, total } = map;
  const read =
    traces === total
      ? formatCount(total, "trace")
      : `the newest ${formatNumber(traces)} of ${formatCount(total, "trace")}`;
  const more = moreNodes > 0 ? `, and ${formatCount(moreNodes, "more service")} with fewer spans` : "";
  say(`${formatCount(nodes.length, "service")} in ${read}${more}`);
  const focused = document.activeElement?.getAttribute("href");
  view.replaceChildren(
    ...(nodes.length === 0 ? [renderEmpty()] : [renderChart(map, hues, narrow.matches)]),
    ...(calls.length > 0 ? [renderTable(calls, hues)] : nodes.length > 0 ? [renderNoCalls()] : []),
  );
  if (focused) view.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function renderTable(calls: readonly MapCall[], hues: ReadonlyMap<string, number>): HTMLElement {
  const names = ["Caller", "Called", "Over", "Calls", "Failed", "Median", "95 %", "Longest"];
  const head = el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name)));
  const table = el(
    "table",
    { class: "calls" },
    el("thead", {}, head),
    el("tbody", {}, ...calls.map((call) => renderCall(call, hues))),
  );
  return el("div", { class: "card calls-card", tabindex: 0, role: "region", "aria-label": "Calls" }, table);
}

function renderCall(
  { from, to, over, count, errors, median, p95, max }: MapCall,
  hues: ReadonlyMap<string, number>,
): HTMLElement {
  const service = (name: string) => el("td", { class: `service hue-${hues.get(name) ?? 0}` }, name);
  const share =
    errors === 0 ? "none" : `${formatNumber(errors)} (${formatNumber(Math.round((errors / count) * 1000) / 10)} %)`;
  const times = [median, p95, max].map((micros) => el("td", { class: "number" }, formatDuration(micros)));
  return el(
    "tr",
    {},
    service(from),
    service(to),
    el("td", {}, over === "" ? "unknown" : over),
    el("td", { class: "number" }, formatNumber(count)),
    el("td", { class: errors === 0 ? "number muted" : "number bad-text" }, share),
    ...times,
  );
}

function renderNoCalls(): HTMLElement {
  return el(
    "p",
    { class: "notice" },
    "No service calls another one in these traces. Where services do call each other, their traces are not joined: look at the verdict of one.",
  );
}

function renderEmpty(): HTMLElement {
  return el(
    "div",
    { class: "card empty" },
    el("h2", {}, "No trace to draw a map of"),
    el(
      "p",
      {},
      "The map shows which service calls which in the traces of a search. Send a request, or look further back.",
    ),
    el("p", {}, el("a", { class: "button", href: `/search${location.search}` }, "Change the search")),
  );
}

function say(text: string): void {
  const summary = byId("summary", HTMLParagraphElement);
  if (summary.textContent !== text) summary.textContent = text;
}
