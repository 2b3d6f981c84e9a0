/** One row of the waterfall: who, what, and when. */
import type { Span } from "@baton/trace-tree";
import { formatDuration } from "../model/format.ts";
import { placeAt, placeBar, type Stretch } from "../model/layout.ts";
import { type Row, stretchOf } from "../model/rows.ts";
import { isIn } from "../model/zoom.ts";
import { el } from "./dom.ts";

// What most spans are need not be said.
const QUIET_KINDS: ReadonlySet<string> = new Set(["internal", "unspecified"]);

/** What the time of every row is drawn with. */
export interface TimeAxis {
  readonly window: Stretch;
  /** For each span id, the parts of it on the critical path; none when that is not shown. */
  readonly path: ReadonlyMap<string, readonly Stretch[]>;
}

/** Without its content, which `drawRow` draws. */
export function renderRow(row: Row, hues: ReadonlyMap<string, number>): HTMLElement {
  const element = el("div", {
    class: `row hue-${hues.get(row.span.service) ?? 0}${row.span.status === "error" ? " failed" : ""}`,
    role: "row",
    tabindex: -1,
    "aria-level": row.depth + 1,
    "aria-posinset": row.place,
    "aria-setsize": row.siblings,
    "aria-expanded": row.children > 0 ? "true" : undefined,
    "aria-selected": "false",
  });
  element.style.setProperty("--depth", String(row.depth));
  return element;
}

/** The content of a row, in place of what was drawn before. */
export function drawRow(element: HTMLElement, row: Row, axis: TimeAxis): void {
  element.replaceChildren(nameCell(row), timeCell(row.span, axis));
}

function nameCell({ span, children, oddities }: Row): HTMLElement {
  return el(
    "div",
    { class: "cell name", role: "gridcell", title: `${span.service} ${span.name}` },
    el("span", { class: children > 0 ? "twist" : "leaf", "aria-hidden": "true" }),
    el("span", { class: "service" }, span.service),
    el("span", { class: "operation" }, span.name),
    !QUIET_KINDS.has(span.kind) && el("span", { class: "kind" }, span.kind),
    span.status === "error" && el("span", { class: "mark bad" }, "error"),
    ...oddities.map(({ mark, sentence }) => el("span", { class: "mark warn", title: sentence }, mark)),
  );
}

function timeCell(span: Span, { window, path }: TimeAxis): HTMLElement {
  const stretch = stretchOf(span);
  const { left, width, label } = placeBar(stretch, window);
  const seen = isIn(stretch, window);
  const cell = el(
    "div",
    { class: "cell time", role: "gridcell" },
    seen && el("span", { class: "bar" }),
    ...(path.get(span.spanId) ?? []).filter((part) => isIn(part, window)).map((part) => pathMark(part, window)),
    ...span.events
      .filter(({ timeMicros }) => isIn({ start: timeMicros, duration: 0 }, window))
      .map(({ timeMicros }) => eventMark(placeAt(timeMicros, window))),
    // The duration of a span out of sight stands at the edge where the span is.
    el(
      "span",
      { class: `duration ${label} number${seen ? "" : " muted"}` },
      `${seen ? "" : left > 0 ? "→ " : "← "}${formatDuration(span.durationMicros)}`,
    ),
  );
  cell.style.setProperty("--left", `${left}%`);
  cell.style.setProperty("--width", `${width}%`);
  return cell;
}

function pathMark(part: Stretch, window: Stretch): HTMLElement {
  const { left, width } = placeBar(part, window);
  const mark = el("span", { class: "critical" });
  mark.style.setProperty("--at", `${left}%`);
  mark.style.setProperty("--size", `${width}%`);
  return mark;
}

function eventMark(at: number): HTMLElement {
  const mark = el("span", { class: "event" });
  mark.style.setProperty("--at", `${at}%`);
  return mark;
}
