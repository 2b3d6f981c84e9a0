/** The picture of the map: a box for each service, and an arrow for who calls whom. */
import { formatCount, formatDuration, formatNumber } from "../model/format.ts";
import { type MapCall, type MapNode, type Place, placeNodes, type ServiceMap } from "../model/service-map.ts";
import { el, svg } from "./dom.ts";

const BOX = { width: 160, height: 50 } as const;
const GAP = 34;
/** Between two layers, where the arrows are and what is written at them. */
const WAY = 120;
const EDGE = 40;
const MAX_NAME = 20;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From left to right, and from top to bottom where the window is narrow. */
export function renderChart(map: ServiceMap, hues: ReadonlyMap<string, number>, isNarrow: boolean): HTMLElement {
  const places = placeNodes(map);
  const middles = new Map([...places].map(([name, place]) => [name, middleOf(place, isNarrow)]));
  const points = [...middles.values()];
  const [left, right] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  const width = right - left + BOX.width + 2 * EDGE;
  const height = bottom - top + BOX.height + 2 * EDGE;
  const viewBox = `${left - BOX.width / 2 - EDGE} ${top - BOX.height / 2 - EDGE} ${width} ${height}`;
  const arrows = Map.groupBy(map.calls, ({ from, to }) => JSON.stringify([from, to]));
  const picture = svg(
    "svg",
    { viewBox, width, height, role: "group", "aria-label": "Map of services; the table below says the same in words" },
    ...[...arrows.values()].map((calls) => renderArrow(calls, middles, isNarrow)),
    ...map.nodes.map((node) => renderBox(node, middles.get(node.name), hues)),
  );
  return el("div", { class: "card map", tabindex: 0, role: "region", "aria-label": "Picture" }, picture);
}

function middleOf({ layer, slot }: Place, isNarrow: boolean): Point {
  return isNarrow
    ? { x: slot * (BOX.width + GAP / 2), y: layer * (BOX.height + WAY * 0.75) }
    : { x: layer * (BOX.width + WAY), y: slot * (BOX.height + GAP) };
}

function renderBox({ name, spans, errors }: MapNode, middle: Point | undefined, hues: ReadonlyMap<string, number>) {
  const { x, y } = middle ?? { x: 0, y: 0 };
  const [left, top] = [x - BOX.width / 2, y - BOX.height / 2];
  const failed = errors > 0 ? `, ${formatCount(errors, "error")}` : "";
  const said = spans === 0 ? "sends no spans" : `${formatCount(spans, "span")}${failed}`;
  const box = svg(
    "g",
    { class: `node hue-${hues.get(name) ?? 0}${spans === 0 ? " outside" : ""}${errors > 0 ? " failed" : ""}` },
    svg("title", {}, `${name}: ${said}`),
    svg("rect", { x: left, y: top, ...BOX, rx: 8 }),
    svg("text", { class: "name", x, y: y - 3 }, shorten(name)),
    svg("text", { class: "said", x, y: y + 15 }, said),
  );
  // Nothing can be searched for of one that sends nothing.
  return spans === 0 ? box : svg("a", { href: `/search?service=${encodeURIComponent(name)}` }, box);
}

/** All calls from one to another, over whatever. */
function renderArrow(calls: readonly MapCall[], middles: ReadonlyMap<string, Point>, isNarrow: boolean): SVGElement {
  const [{ from, to } = { from: "", to: "" }] = calls;
  const [start, end] = [middles.get(from) ?? { x: 0, y: 0 }, middles.get(to) ?? { x: 0, y: 0 }];
  const count = calls.reduce((sum, call) => sum + call.count, 0);
  const errors = calls.reduce((sum, call) => sum + call.errors, 0);
  const slowest = Math.max(...calls.map(({ p95 }) => p95));
  const over = calls
    .map((call) => call.over)
    .filter(Boolean)
    .join(", ");
  const { path, label } = route(start, end, isNarrow);
  const times = `${formatNumber(count)} × ${formatDuration(slowest)}`;
  const failed = errors > 0 ? `, ${formatNumber(errors)} failed` : "";
  return svg(
    "g",
    { class: `arrow weight-${Math.min(4, Math.floor(Math.log10(count)) + 1)}${errors > 0 ? " failed" : ""}` },
    svg("title", {}, `${from} → ${to}: ${formatCount(count, "call")}${failed}, 95 % within ${formatDuration(slowest)}`),
    svg("path", { class: "line", d: path }),
    svg("text", { x: label.x, y: label.y - 6 }, shorten(over)),
    svg("text", { x: label.x, y: label.y + 9 }, times),
  );
}

/** The line with its head, which stands where the box of the callee begins. Who calls back is met from the other side. */
function route(start: Point, end: Point, isNarrow: boolean): { readonly path: string; readonly label: Point } {
  const along = isNarrow ? "y" : "x";
  const isForward = end[along] > start[along];
  const half = (isNarrow ? BOX.height : BOX.width) / 2;
  const across = (isNarrow ? BOX.width : BOX.height) / 2;
  const at = (point: Point, main: number, side: number): Point =>
    isNarrow ? { x: point.x + side, y: point.y + main } : { x: point.x + main, y: point.y + side };
  const say = ({ x, y }: Point) => `${x} ${y}`;
  if (isForward) {
    const [from, to] = [at(start, half, 0), at(end, -half, 0)];
    const bend = (to[along] - from[along]) / 2;
    const head = `M${say(at(to, -8, -5))}L${say(to)}L${say(at(to, -8, 5))}`;
    const path = `M${say(from)}C${say(at(from, bend, 0))} ${say(at(to, -bend, 0))} ${say(to)}${head}`;
    return { path, label: between(from, to, 0.6) };
  }
  const [from, to] = [at(start, -half / 2, across), at(end, half / 2, across)];
  const head = `M${say(at(to, -5, 8))}L${say(to)}L${say(at(to, 5, 8))}`;
  const path = `M${say(from)}C${say(at(from, 0, 36))} ${say(at(to, 0, 36))} ${say(to)}${head}`;
  return { path, label: at(between(from, to, 0.2), 0, 26) };
}

/** Nearer to one end: in the middle, arrows cross. */
function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function shorten(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1)}…`;
}
