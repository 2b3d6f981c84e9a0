/** The page /trace/{id}: loads one trace, waits for it if it is still on its way, and shows it. */
import type { JaegerTrace } from "@baton/trace-tree";
import { readTrace, type Trace } from "@baton/trace-tree";
import { assignHues } from "../model/colour.ts";
import type { LogRecord } from "../model/log-record.ts";
import { readTraceId } from "../model/search-query.ts";
import type { TraceSummary } from "../model/trace-summary.ts";
import { explain, findData, getData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { startPage } from "./page.ts";
import { renderTrace, type ViewState } from "./trace-view.ts";

// Spans are exported in batches, seconds after they ended: a link that is followed at once is there before the trace,
// and a trace is there before the last of its spans.
const PATIENCE_MS = 15_000;
const ASK_EVERY_MS = 1_000;
/** A longer trace is not asked for again and again; whether it grows is. */
const MAX_ASKED = 5_000;
/** Afterwards, whether spans still arrive: a trace may go on for hours. */
const WATCH_EVERY_MS = 5_000;

/** As many log records as a page shows; all of them are on the page of logs. */
const MAX_LOGS = 1_000;

const page = byId("trace", HTMLDivElement);
const id = readTraceId(location.pathname.split("/")[2] ?? "");
const until = performance.now() + PATIENCE_MS;
/** How many spans and logs the page holds. */
let shown = 0;
const state: ViewState = {
  window: undefined,
  showsPath: true,
  correctsClocks: false,
  folded: () => new Set(),
  // Jaeger's page writes what was looked for into the address.
  find: new URLSearchParams(location.search).get("uiFind") ?? "",
};

startPage();
if (id === undefined) {
  fail("This is not a trace id", "A trace id is 32 hex digits. Look for the trace in the list of traces.");
} else {
  void load(id);
}

async function load(traceId: string): Promise<void> {
  try {
    const trace = await findTrace(traceId);
    if (trace) await show(trace);
    if (trace ? maySettle(trace) : performance.now() < until) {
      if (!trace) wait();
      setTimeout(() => void load(traceId), ASK_EVERY_MS);
    } else if (!trace) {
      fail("This trace is not here", `No span of ${traceId} has arrived, or it made room for newer traces.`);
    } else {
      watch(traceId, trace.spans.length);
    }
  } catch (error) {
    fail("The trace cannot be shown", explain(error));
  }
}

/** Asks for the number of spans only, as long as it stays the same. */
function watch(traceId: string, spans: number): void {
  setTimeout(async () => {
    const path = `/api/viewer/traces?traceID=${traceId}`;
    const [summary] = document.hidden ? [] : await getData<readonly TraceSummary[]>(path).catch(() => []);
    if (summary && summary.spans !== spans) await load(traceId);
    else watch(traceId, spans);
  }, WATCH_EVERY_MS);
}

/** A trace of which only logs have come has no span yet, and is not here. */
async function findTrace(traceId: string): Promise<Trace | undefined> {
  const answer = await findData<readonly JaegerTrace[]>(`/api/viewer/traces/${traceId}`);
  return answer?.map(readTrace).find(({ spans }) => spans.length > 0);
}

/** Draws the trace, unless nothing has come since it was drawn. */
async function show(trace: Trace): Promise<void> {
  const path = `/api/viewer/logs?traceID=${trace.traceId}&limit=${MAX_LOGS}`;
  const logs = (await findData<readonly LogRecord[]>(path)) ?? [];
  if (trace.spans.length + logs.length === shown) return;
  shown = trace.spans.length + logs.length;
  const hues = assignHues([...trace.spans, ...logs].map(({ service }) => service));
  const draw = () => {
    const inTree = document.activeElement?.closest(".tree") !== null;
    const focused = document.activeElement?.id;
    page.replaceChildren(...renderTrace({ trace, logs, hues, state, redraw: draw, refresh }));
    if (inTree) page.querySelector<HTMLElement>(".row[tabindex='0']")?.focus();
    else if (focused) document.getElementById(focused)?.focus();
  };
  const refresh = () =>
    void findTrace(trace.traceId)
      .then((found) => found && show(found))
      .catch((error) => fail("The trace cannot be shown", explain(error)));
  draw();
}

/** Whether more of this trace may be on its way: its last span ended a short while ago, and somebody is looking. */
function maySettle({ spans }: Trace): boolean {
  if (spans.length > MAX_ASKED) return false;
  const end = spans.reduce((last, span) => Math.max(last, span.startMicros + span.durationMicros), 0);
  return performance.now() < until && Date.now() - end / 1e3 < PATIENCE_MS;
}

function wait(): void {
  const status = document.getElementById("status");
  if (status) status.textContent = "Not here yet: spans arrive in batches, seconds after they end. Waiting…";
}

function fail(title: string, text: string): void {
  page.replaceChildren(
    el(
      "div",
      { class: "card empty", role: "alert" },
      el("h1", {}, title),
      el("p", {}, text),
      el("p", {}, el("a", { class: "button", href: "/search" }, "All traces")),
    ),
  );
}
