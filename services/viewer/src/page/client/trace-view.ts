/** Head, waterfall, details and logs of one trace, and how they talk to each other. */
import type { Trace } from "@baton/trace-tree";
import { formatCount } from "../model/format.ts";
import type { LogRecord } from "../model/log-record.ts";
import { type Row, readRows } from "../model/rows.ts";
import { createDetails } from "./details.ts";
import { el } from "./dom.ts";
import { renderLogs } from "./log-list.ts";
import { renderHead } from "./trace-head.ts";
import { createTree } from "./tree.ts";

/** The tree chooses a span, the details show it, and the address names it, so that it can be shared. */
export function renderTrace(
  trace: Trace,
  logs: readonly LogRecord[],
  hues: ReadonlyMap<string, number>,
): readonly HTMLElement[] {
  const rows = readRows(trace);
  const { start } = rows.window;
  const details = createDetails({ logs, start, hues, placeOf: placesOfSameId(rows.rows), onClose: () => tree.close() });
  const tree = createTree({ rows, hues, onSelect: show });
  const body = el("div", { class: "trace-body" }, tree.element, details.element);
  const bySpanId = new Map(rows.rows.map((row) => [row.span.spanId, row]));
  function show(row: Row | undefined): void {
    details.show(row);
    body.classList.toggle("with-details", row !== undefined);
    history.replaceState(null, "", row ? `#span=${row.span.spanId}` : location.pathname + location.search);
  }
  function choose(spanId: string): void {
    const row = bySpanId.get(spanId);
    if (row) tree.choose(row);
  }
  document.title = `${rows.rows[0]?.span.name ?? "Trace"} · Baton`;
  // Set, not added: the page is drawn anew when more of the trace arrives.
  window.onhashchange = () => choose(spanIn(location.hash));
  // The rows can scroll into view only once they are on the page.
  queueMicrotask(() => choose(spanIn(location.hash)));
  return [renderHead({ rows, hues, tree }), body, ...renderAllLogs()];

  function renderAllLogs(): readonly HTMLElement[] {
    if (logs.length === 0) return [];
    const list = renderLogs({ logs, start, hues, onSpan: choose });
    return [
      el("h2", { class: "logs-title" }, formatCount(logs.length, "log record")),
      el("div", { class: "card trace-logs" }, list),
    ];
  }
}

/** Ids that meet by chance: how many spans with the same id are before a row, in the order in which they started. */
function placesOfSameId(rows: readonly Row[]): (row: Row) => number {
  const byId = Map.groupBy(rows, ({ span }) => span.spanId);
  return (row) =>
    (byId.get(row.span.spanId) ?? []).toSorted((a, b) => a.span.startMicros - b.span.startMicros).indexOf(row);
}

function spanIn(hash: string): string {
  return /^#span=([0-9a-f]+)$/.exec(hash)?.[1] ?? "";
}
