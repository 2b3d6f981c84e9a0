/** A line over time, made of steps. */
import { formatMeasured, formatMoment } from "../model/format.ts";
import type { Timeline } from "../model/timeline.ts";
import { el, svg } from "./dom.ts";

const WIDTH = 400;
const HEIGHT = 44;

/** What the line shows is also in its label, for screen readers; each step has its value in its tooltip. */
export function renderTimeline({ of, unit, steps }: Timeline): HTMLElement {
  const values = steps.map(({ value }) => value);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const [begin, end] = [steps[0]?.from ?? 0, steps.at(-1)?.to ?? 0];
  const x = (time: number) => round(((time - begin) / Math.max(1, end - begin)) * WIDTH);
  const y = (value: number) => round(HEIGHT - 1 - ((value - least) / (most - least || 1)) * (HEIGHT - 2));
  const say = (value: number) => [formatMeasured(value, unit), of === "per second" ? of : ""].filter(Boolean).join(" ");
  const line = steps.map(
    ({ from, to, value }, index) => `${index === 0 ? "M" : "L"}${x(from)} ${y(value)}L${x(to)} ${y(value)}`,
  );
  const hints = steps.map(({ from, to, value }) =>
    svg(
      "g",
      { class: "hint" },
      svg("title", {}, `${formatMoment(from * 1e3)} to ${formatMoment(to * 1e3).slice(11)}: ${say(value)}`),
      svg("rect", { x: x(from), y: 0, width: Math.max(1, x(to) - x(from)), height: HEIGHT }),
    ),
  );
  const [last, lowest, highest] = [values.at(-1) ?? 0, Math.min(...values), Math.max(...values)].map(say);
  const label = `${of === "" ? "Value" : of} over time: last ${last}, lowest ${lowest}, highest ${highest}`;
  const viewBox = `0 0 ${WIDTH} ${HEIGHT}`;
  const box = { viewBox, preserveAspectRatio: "none", role: "img", "aria-label": label };
  return el(
    "figure",
    { class: "timeline" },
    el(
      "p",
      { class: "small muted number" },
      [of === "per second" ? "" : of, last].filter(Boolean).join(" "),
      highest === last ? "" : `, at most ${highest}`,
    ),
    svg("svg", box, svg("path", { d: line.join("") }), ...hints),
    el(
      "figcaption",
      { "aria-hidden": "true" },
      el("span", {}, formatMoment(begin * 1e3).slice(11, 19)),
      el("span", {}, formatMoment(end * 1e3).slice(11, 19)),
    ),
  );
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
