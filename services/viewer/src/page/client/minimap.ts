/** The whole trace in a strip, with the part of it that the waterfall shows. */
import { formatDuration } from "../model/format.ts";
import { placeAt, type Stretch } from "../model/layout.ts";
import { type Rows, stretchOf } from "../model/rows.ts";
import { between, isWhole, zoom } from "../model/zoom.ts";
import { button, el, svg } from "./dom.ts";

export interface MinimapOptions {
  readonly rows: Rows;
  readonly hues: ReadonlyMap<string, number>;
  /** Another part was chosen. */
  readonly onZoom: (window: Stretch) => void;
}

export interface Minimap {
  readonly element: HTMLElement;
  readonly show: (window: Stretch) => void;
}

const WIDTH = 1_000;
const HEIGHT = 48;
/** More lines than there are pixels show nothing more. */
const MAX_LINES = 96;

export function createMinimap({ rows, hues, onZoom }: MinimapOptions): Minimap {
  const whole = rows.window;
  let shown = whole;
  const hidden = [svg("rect", { class: "hidden" }), svg("rect", { class: "hidden" })] as const;
  const strip = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    ...renderLines(rows, hues),
    ...hidden,
  );
  const said = el("span", { class: "muted small number", role: "status" });
  const step = (direction: "in" | "out") => () => onZoom(zoom(shown, whole, direction));
  const buttons = [
    button("−", { class: "quiet", "aria-label": "Zoom out", title: "Zoom out: - in the waterfall" }, step("out")),
    button("+", { class: "quiet", "aria-label": "Zoom in", title: "Zoom in: + in the waterfall" }, step("in")),
    button("Whole trace", { class: "quiet", title: "0 in the waterfall" }, () => onZoom(whole)),
  ];
  const element = el(
    "div",
    { class: "minimap card" },
    el("div", { class: "strip" }, strip),
    el("div", { class: "actions" }, ...buttons, said),
  );
  wireDragging(strip, whole, (window) => onZoom(window ?? whole));
  return {
    element,
    show: (window) => {
      shown = window;
      const [from, to] = [window.start, window.start + window.duration].map(
        (time) => (placeAt(time, whole) / 100) * WIDTH,
      );
      place(hidden[0], 0, from ?? 0);
      place(hidden[1], to ?? WIDTH, WIDTH);
      said.textContent = isWhole(window, whole)
        ? ""
        : `${formatDuration(window.start - whole.start)} to ${formatDuration(window.start + window.duration - whole.start)}`;
      element.classList.toggle("zoomed", !isWhole(window, whole));
    },
  };
}

function place(rect: SVGRectElement, from: number, to: number): void {
  for (const [name, value] of Object.entries({ x: from, y: 0, width: Math.max(0, to - from), height: HEIGHT })) {
    rect.setAttribute(name, String(value));
  }
}

/** One line for each span, or for the longest of several. */
function renderLines({ rows, window }: Rows, hues: ReadonlyMap<string, number>): readonly SVGElement[] {
  const lines = Math.min(rows.length, MAX_LINES);
  const height = HEIGHT / Math.max(1, lines);
  const longest = new Map<number, (typeof rows)[number]>();
  for (const row of rows) {
    const line = Math.floor((row.index / rows.length) * lines);
    const held = longest.get(line);
    if (!held || row.span.durationMicros > held.span.durationMicros) longest.set(line, row);
  }
  return [...longest].map(([line, { span }]) => {
    const { start, duration } = stretchOf(span);
    const [from, to] = [start, start + duration].map((time) => (placeAt(time, window) / 100) * WIDTH);
    const hue = `hue-${hues.get(span.service) ?? 0}`;
    const box = {
      x: from,
      y: line * height,
      width: Math.max(2, (to ?? 0) - (from ?? 0)),
      height: Math.max(0.5, Math.min(5, height * 0.8)),
    };
    return svg("rect", { class: span.status === "error" ? `span failed ${hue}` : `span ${hue}`, ...box });
  });
}

/** From where the pointer goes down to where it goes up; undefined when it only touched. */
function wireDragging(strip: SVGSVGElement, whole: Stretch, onDone: (window: Stretch | undefined) => void): void {
  let begun: number | undefined;
  const mark = svg("rect", { class: "drag" });
  const timeAt = ({ clientX }: PointerEvent) => {
    const { left, width } = strip.getBoundingClientRect();
    return whole.start + Math.min(Math.max((clientX - left) / width, 0), 1) * whole.duration;
  };
  const placeOf = (time: number) => (placeAt(time, whole) / 100) * WIDTH;
  strip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    begun = timeAt(event);
    strip.setPointerCapture(event.pointerId);
    place(mark, 0, 0);
    strip.append(mark);
  });
  strip.addEventListener("pointermove", (event) => {
    if (begun === undefined) return;
    const [from = 0, to = 0] = [begun, timeAt(event)].map(placeOf).sort((a, b) => a - b);
    place(mark, from, to);
  });
  const end = (event: PointerEvent) => {
    mark.remove();
    const from = begun;
    begun = undefined;
    if (from === undefined || event.type === "pointercancel") return;
    const to = timeAt(event);
    onDone(Math.abs(placeOf(to) - placeOf(from)) < 4 ? undefined : between(from, to, whole));
  };
  strip.addEventListener("pointerup", end);
  strip.addEventListener("pointercancel", end);
}
