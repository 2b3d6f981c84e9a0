/** The buckets of a histogram as bars. */
import { formatMeasured, formatNumber } from "../model/format.ts";
import { filledRange, type Histogram } from "../model/histogram.ts";
import { el, svg } from "./dom.ts";

const WIDTH = 400;
const HEIGHT = 72;
const GAP = 2;

/** Bars of equal width, as buckets grow by powers: their bounds are in the tooltips and in the text for screen readers. */
export function renderHistogram(histogram: Histogram, unit: string): HTMLElement {
  const [from, to] = filledRange(histogram);
  const counts = histogram.counts.slice(from, to);
  const most = Math.max(1, ...counts);
  const step = WIDTH / Math.max(1, counts.length);
  const names = counts.map((_, index) => bucketName(histogram, from + index, unit));
  const bars = counts.map((count, index) => {
    const height = count === 0 ? 1 : Math.max(3, (count / most) * HEIGHT);
    const box = { x: index * step, y: HEIGHT - height, width: Math.max(1, step - GAP), height, rx: 2 };
    const bar = svg("rect", { class: count === 0 ? "bucket none" : "bucket", ...box });
    return svg("g", {}, svg("title", {}, `${names[index]}: ${formatNumber(count)}`), bar);
  });
  const described = counts.flatMap((count, index) => (count === 0 ? [] : [`${names[index]}: ${formatNumber(count)}`]));
  const label = `Distribution. ${described.join("; ")}`;
  const viewBox = `0 0 ${WIDTH} ${HEIGHT}`;
  return el(
    "figure",
    { class: "histogram" },
    svg("svg", { viewBox, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...bars),
    el("figcaption", { "aria-hidden": "true" }, el("span", {}, names[0] ?? ""), el("span", {}, names.at(-1) ?? "")),
  );
}

function bucketName({ bounds }: Histogram, bucket: number, unit: string): string {
  const upper = bounds[bucket];
  if (upper !== undefined) return `≤ ${formatMeasured(upper, unit)}`;
  const lower = bounds.at(-1);
  return lower === undefined ? "all" : `> ${formatMeasured(lower, unit)}`;
}
