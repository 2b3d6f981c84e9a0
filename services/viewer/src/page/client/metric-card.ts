/** One metric with its series. */
import { formatCount, formatMeasured, formatNumber } from "../model/format.ts";
import { type Histogram, mean, percentile } from "../model/histogram.ts";
import { asText } from "../model/log-record.ts";
import {
  describeMetric,
  type MetricAnswer,
  readSeries,
  type SeriesAnswer,
  seriesNotes,
  weight,
} from "../model/metric.ts";
import { button, el } from "./dom.ts";
import { renderHistogram } from "./histogram-chart.ts";

// Attributes that take many values make many series: the busiest are shown, the others on demand.
const SHOWN = 12;

export function renderMetric(metric: MetricAnswer): HTMLElement {
  const { name, description } = metric;
  return el(
    "article",
    { class: "card metric" },
    el(
      "header",
      {},
      el("h3", { class: "mono" }, name),
      el("p", { class: "muted small" }, describeMetric(metric)),
      renderSender(metric),
      description !== "" && el("p", { class: "small" }, description),
    ),
    renderSeriesList(metric),
  );
}

/** Who sent it, where several did, and which library made it. */
function renderSender({ instance = "", scope = "", scopeVersion = "" }: MetricAnswer): HTMLElement | false {
  const made = [scope, scopeVersion].filter(Boolean).join(" ");
  if (instance === "" && made === "") return false;
  return el("p", { class: "muted small mono sender" }, [instance, made].filter(Boolean).join(" · "));
}

function renderNotes(series: SeriesAnswer): readonly HTMLElement[] {
  return seriesNotes(series).map((note) => el("p", { class: "warn-text small" }, note));
}

function renderSeriesList({ series, unit }: MetricAnswer): HTMLElement {
  const sorted = series.toSorted((a, b) => weight(b) - weight(a));
  const item = (one: SeriesAnswer) => renderSeries(one, unit);
  const list = el("ul", { class: "series" }, ...sorted.slice(0, SHOWN).map(item));
  const rest = sorted.slice(SHOWN);
  if (rest.length > 0) {
    const more = button(`Show ${formatCount(rest.length, "more series", "more series")}`, { class: "quiet" }, () => {
      last.replaceWith(...rest.map(item));
    });
    const last = el("li", {}, more);
    list.append(last);
  }
  return list;
}

function renderSeries(series: SeriesAnswer, unit: string): HTMLElement {
  const reading = readSeries(series);
  const labels = renderAttributes(series);
  if (reading.is === "number") {
    return el(
      "li",
      { class: "numeric" },
      labels,
      Number.isNaN(reading.value) && series.stopped
        ? false
        : el("p", { class: "value number" }, formatMeasured(reading.value, unit)),
      ...renderNotes(series),
    );
  }
  if (reading.is === "histogram") {
    const { histogram } = reading;
    return el(
      "li",
      {},
      labels,
      renderHistogram(histogram, unit),
      renderFacts(histogramFacts(histogram, unit)),
      ...renderNotes(series),
    );
  }
  const quantiles = reading.quantiles.map(
    ({ quantile, value }) => [`p${formatNumber(quantile * 100)}`, formatMeasured(value, unit)] as const,
  );
  return el("li", {}, labels, renderFacts([["count", formatNumber(reading.count)], ...quantiles]));
}

function renderAttributes({ attributes }: SeriesAnswer): HTMLElement {
  return el(
    "p",
    { class: "labels" },
    ...attributes.map(({ key, value }) => el("span", { class: "label" }, `${key}=`, el("strong", {}, asText(value)))),
  );
}

function histogramFacts(histogram: Histogram, unit: string): readonly (readonly [string, string])[] {
  const measured: readonly (readonly [string, number | undefined])[] = [
    ["mean", mean(histogram)],
    ["p50 ≈", percentile(histogram, 0.5)],
    ["p99 ≈", percentile(histogram, 0.99)],
    ["max", histogram.max],
  ];
  const known = measured.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, formatMeasured(value, unit)] as const],
  );
  return [["count", formatNumber(histogram.count)], ...known];
}

function renderFacts(facts: readonly (readonly [name: string, value: string])[]): HTMLElement {
  return el(
    "dl",
    { class: "readings number" },
    ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}
