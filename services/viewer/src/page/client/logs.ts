/** The page /logs: every log record that is kept, of traces and of none, the newest first. */
import { assignHues } from "../model/colour.ts";
import { formatCount, formatNumber } from "../model/format.ts";
import { type LogQuery, logApiQuery, readLogQuery, writeLogQuery } from "../model/log-query.ts";
import type { LogRecord } from "../model/log-record.ts";
import { explain, getAnswer, getData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { renderLogs } from "./log-list.ts";
import { autoRefresh, startPage } from "./page.ts";
import { offer } from "./search-form.ts";

const TYPING_MS = 300;

const form = byId("logs-search", HTMLFormElement);
const list = byId("logs", HTMLDivElement);
let query = readLogQuery(new URLSearchParams());
// An answer that a later search has overtaken is not shown.
let latest = 0;
let typing: ReturnType<typeof setTimeout> | undefined;

startPage();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});
form.addEventListener("change", go);
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(go, TYPING_MS);
});
addEventListener("popstate", follow);
byId("refresh", HTMLButtonElement).addEventListener("click", () => void load());
autoRefresh(byId("auto", HTMLInputElement), load);
follow();

/** A new search is a new address, so that it can be shared and gone back from. */
function go(): void {
  clearTimeout(typing);
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.set(name, String(value));
  const wanted: LogQuery = { ...readLogQuery(fields), traceID: query.traceID };
  const address = writeLogQuery(wanted);
  if (address === writeLogQuery(query)) return;
  query = wanted;
  history.pushState(null, "", address === "" ? "/logs" : `/logs?${address}`);
  void load();
}

function follow(): void {
  query = readLogQuery(new URLSearchParams(location.search));
  for (const [name, value] of Object.entries(query)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value)) {
      field.append(el("option", { value }, value));
    }
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.value = value;
  }
  void load();
}

async function load(): Promise<void> {
  latest += 1;
  const mine = latest;
  try {
    const [services, { data: logs, total }] = await Promise.all([
      getData<readonly string[]>("/api/services"),
      getAnswer<readonly LogRecord[]>(`/api/viewer/logs?${logApiQuery(query)}`),
    ]);
    if (mine !== latest) return;
    const names = [...new Set([...services, ...logs.map(({ service }) => service)])].sort();
    offer(form.elements.namedItem("service"), names);
    show(logs, total, assignHues(names));
  } catch (error) {
    if (mine !== latest) return;
    say("Nothing to show");
    list.replaceChildren(el("p", { class: "notice bad", role: "alert" }, explain(error)));
  }
}

function show(logs: readonly LogRecord[], total: number, hues: ReadonlyMap<string, number>): void {
  const count = formatCount(total, "log record");
  say(logs.length < total ? `The newest ${formatNumber(logs.length)} of ${count}` : count);
  list.replaceChildren(logs.length === 0 ? renderEmpty() : el("div", { class: "card" }, renderLogs({ logs, hues })));
}

function renderEmpty(): HTMLElement {
  if (writeLogQuery(query) !== "") {
    return el("div", { class: "card empty" }, el("p", {}, "No log record matches. Take a word or a filter away."));
  }
  return el(
    "div",
    { class: "card empty" },
    el("h2", {}, "Waiting for a first log record"),
    el("p", {}, "Records that are sent to this address as OTLP stand here, whether they belong to a trace or not:"),
    el(
      "pre",
      { tabindex: 0 },
      el("code", {}, "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318\nOTEL_LOGS_EXPORTER=otlp"),
    ),
  );
}

function say(text: string): void {
  const summary = byId("summary", HTMLParagraphElement);
  if (summary.textContent !== text) summary.textContent = text;
}
