/** Head, waterfall, details and logs of one trace, and how they talk to each other. */
import type { Trace } from "@baton/trace-tree";
import { correctClocks } from "../model/clock-skew.ts";
import { formatCount } from "../model/format.ts";
import type { Stretch } from "../model/layout.ts";
import type { LogRecord } from "../model/log-record.ts";
import { type Row, readRows } from "../model/rows.ts";
import { isWhole, zoom } from "../model/zoom.ts";
import { createDetails } from "./details.ts";
import { el } from "./dom.ts";
import { renderLogs } from "./log-list.ts";
import { createMinimap } from "./minimap.ts";
import { renderHead } from "./trace-head.ts";
import { createTree } from "./tree.ts";

/** What the reader has set, which stays when the page is drawn anew because more of the trace has arrived. */
export interface ViewState {
  /** The part of the time axis that is shown; undefined for all of it. */
  window: Stretch | undefined;
  showsPath: boolean;
  correctsClocks: boolean;
  /** Ids of spans. */
  folded: () => ReadonlySet<string>;
  find: string;
}

export interface TraceViewOptions {
  readonly trace: Trace;
  readonly logs: readonly LogRecord[];
  readonly hues: ReadonlyMap<string, number>;
  readonly state: ViewState;
  /** Draws the page anew, after the state was changed. */
  readonly redraw: () => void;
  /** Asks whether more has arrived. */
  readonly refresh: () => void;
}

/** The tree chooses a span, the details show it, and the address names it, so that it can be shared. */
export function renderTrace({ trace, logs, hues, state, redraw, refresh }: TraceViewOptions): readonly HTMLElement[] {
  const corrected = correctClocks(trace);
  const sent = readRows(trace);
  const rows = state.correctsClocks ? { ...readRows(corrected.trace), verdict: sent.verdict } : sent;
  const { start } = rows.window;
  const details = createDetails({ logs, start, hues, placeOf: placesOfSameId(rows.rows), onClose: () => tree.close() });
  const before = state.folded();
  const folded = new Set(rows.rows.filter(({ span }) => before.has(span.spanId)).map(({ index }) => index));
  state.folded = () => new Set([...folded].flatMap((index) => rows.rows[index]?.span.spanId ?? []));
  const tree = createTree({ rows, hues, onSelect: show, onZoom: zoomBy, folded });
  const minimap = createMinimap({ rows, hues, onZoom: zoomTo });
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
  function draw(): void {
    const window = state.window ?? rows.window;
    tree.draw(window, state.showsPath);
    minimap.show(window);
  }
  function zoomTo(window: Stretch): void {
    state.window = isWhole(window, rows.window) ? undefined : window;
    draw();
  }
  function zoomBy(direction: "in" | "out" | "whole", { span }: Row): void {
    const [whole, middle] = [rows.window, span.startMicros + span.durationMicros / 2];
    zoomTo(direction === "whole" ? whole : zoom(state.window ?? whole, whole, direction, middle));
  }
  document.title = `${rows.rows[0]?.span.name ?? "Trace"} · Baton`;
  draw();
  // Set, not added: the page is drawn anew when more of the trace arrives.
  window.onhashchange = () => choose(spanIn(location.hash));
  // The rows can scroll into view only once they are on the page.
  queueMicrotask(() => choose(spanIn(location.hash)));
  const head = renderHead({
    rows,
    hues,
    tree,
    state,
    skews: corrected.skews,
    onPath: draw,
    onClocks: () => {
      // The moments of the other axis are not those of this one.
      state.window = undefined;
      redraw();
    },
    onRefresh: refresh,
  });
  const isLong = rows.rows.length > 1 && rows.window.duration > 0;
  return [head, ...(isLong ? [minimap.element] : []), body, ...renderAllLogs()];

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
