/** The axis over the rows of the waterfall. */
import { formatDuration } from "../model/format.ts";
import { axisTicks, placeAt, type Stretch } from "../model/layout.ts";
import { el } from "./dom.ts";

const MOST_TICKS = 5;

/** Its times count from the start of the whole trace. */
export function renderAxis(window: Stretch, whole: Stretch): HTMLElement {
  const from = window.start - whole.start;
  const marks = axisTicks(window.duration, MOST_TICKS).map((tick) => {
    const at = placeAt(window.start + tick, window);
    // The last label would reach over the edge: it stands before its line.
    const mark = el("span", { class: at > 85 ? "tick end number" : "tick number" }, formatDuration(from + tick));
    mark.style.setProperty("--at", `${at}%`);
    return mark;
  });
  const described = from === 0 && window.duration === whole.duration ? "in all" : `from ${formatDuration(from)}`;
  return el(
    "div",
    { class: "axis", role: "row" },
    el("div", { class: "cell", role: "columnheader" }, "Span"),
    el(
      "div",
      { class: "ticks", role: "columnheader", "aria-label": `Time, ${formatDuration(window.duration)} ${described}` },
      ...marks,
    ),
  );
}

/** Between two lines, in percent of the width. */
export function stepOf(window: Stretch): number {
  const ticks = axisTicks(window.duration, MOST_TICKS);
  return placeAt(window.start + (ticks[1] ?? window.duration), window) || 100;
}
