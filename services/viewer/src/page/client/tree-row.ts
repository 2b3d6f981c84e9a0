/** One row of the waterfall: who, what, and when. */
import type { Span } from "@baton/trace-tree";
import { formatDuration } from "../model/format.ts";
import { placeAt, placeBar, type Stretch } from "../model/layout.ts";
import { type Row, stretchOf } from "../model/rows.ts";
import { el } from "./dom.ts";

// What most spans are need not be said.
const QUIET_KINDS: ReadonlySet<string> = new Set(["internal", "unspecified"]);

export function renderRow(row: Row, window: Stretch, hues: ReadonlyMap<string, number>): HTMLElement {
  const element = el(
    "div",
    {
      class: `row hue-${hues.get(row.span.service) ?? 0}${row.span.status === "error" ? " failed" : ""}`,
      role: "row",
      tabindex: -1,
      "aria-level": row.depth + 1,
      "aria-posinset": row.place,
      "aria-setsize": row.siblings,
      "aria-expanded": row.children > 0 ? "true" : undefined,
      "aria-selected": "false",
    },
    nameCell(row),
    timeCell(row.span, window),
  );
  element.style.setProperty("--depth", String(row.depth));
  return element;
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

function timeCell(span: Span, window: Stretch): HTMLElement {
  const { left, width, label } = placeBar(stretchOf(span), window);
  const cell = el(
    "div",
    { class: "cell time", role: "gridcell" },
    el("span", { class: "bar" }),
    ...span.events.map(({ timeMicros }) => eventMark(placeAt(timeMicros, window))),
    el("span", { class: `duration ${label} number` }, formatDuration(span.durationMicros)),
  );
  cell.style.setProperty("--left", `${left}%`);
  cell.style.setProperty("--width", `${width}%`);
  return cell;
}

function eventMark(at: number): HTMLElement {
  const mark = el("span", { class: "event" });
  mark.style.setProperty("--at", `${at}%`);
  return mark;
}
