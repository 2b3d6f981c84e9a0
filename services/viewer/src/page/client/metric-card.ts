/** One metric with its series. */
import { formatCount, formatExact, formatMeasured, formatNumber } from "../model/format.ts";
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
import { tracePath } from "../model/search-query.ts";
import { timelinesOf } from "../model/timeline.ts";
import { button, el } from "./dom.ts";
import { renderHistogram } from "./histogram-chart.ts";
import { renderTimeline } from "./line-chart.ts";

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

function renderSeriesList(metric: MetricAnswer): HTMLElement {
  const { series } = metric;
  const sorted = series.toSorted((a, b) => weight(b) - weight(a));
  const item = (one: SeriesAnswer) => renderSeries(one, metric);
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

function renderSeries(series: SeriesAnswer, metric: MetricAnswer): HTMLElement {
  const { unit } = metric;
  const reading = readSeries(series);
  const more = [
    ...timelinesOf(metric, series).map(renderTimeline),
    ...renderExemplars(series, unit),
    ...renderNotes(series),
  ];
  const labels = renderAttributes(series);
  if (reading.is === "number") {
    return el(
      "li",
      { class: "numeric" },
      labels,
      Number.isNaN(Number(reading.value)) && series.stopped
        ? false
        : el("p", { class: "value number" }, formatMeasured(reading.value, unit)),
      ...more,
    );
  }
  if (reading.is === "histogram") {
    const { histogram } = reading;
    return el(
      "li",
      {},
      labels,
      renderHistogram(histogram, unit),
      renderFacts([["count", formatExact(series.count ?? 0)], ...histogramFacts(histogram, unit)]),
      ...more,
    );
  }
  const quantiles = reading.quantiles.map(
    ({ quantile, value }) => [`p${formatNumber(quantile * 100)}`, formatMeasured(value, unit)] as const,
  );
  return el("li", {}, labels, renderFacts([["count", formatExact(series.count ?? 0)], ...quantiles]), ...more);
}

/** Each value that was measured in a span leads to it. */
function renderExemplars({ exemplars = [] }: SeriesAnswer, unit: string): readonly HTMLElement[] {
  const links = exemplars.toReversed().flatMap(({ value, traceId, spanId }) => {
    const href = tracePath(traceId, spanId);
    return href === undefined ? [] : [el("a", { href }, formatMeasured(value, unit))];
  });
  return links.length === 0
    ? []
    : [el("p", { class: "exemplars small number" }, el("span", { class: "muted" }, "Traces: "), ...links)];
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
  return known;
}

function renderFacts(facts: readonly (readonly [name: string, value: string])[]): HTMLElement {
  return el(
    "dl",
    { class: "readings number" },
    ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}
