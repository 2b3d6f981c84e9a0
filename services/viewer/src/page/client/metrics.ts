/** The page /metrics: what each service measured, now and over time. */
import { assignHues } from "../model/colour.ts";
import { formatCount, formatMeasured, formatNumber } from "../model/format.ts";
import { filterMetrics, type MetricAnswer } from "../model/metric.ts";
import { type Requests, sumUpRequests } from "../model/requests.ts";
import { explain, findData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { renderMetric } from "./metric-card.ts";
import { autoRefresh, startPage } from "./page.ts";

const list = byId("metrics", HTMLDivElement);
const find = byId("find", HTMLInputElement);
const summary = byId("summary", HTMLParagraphElement);
let metrics: readonly MetricAnswer[] = [];
/** Services whose folded metrics stay open when the page refreshes. */
const opened = new Set<string>();
let hues: ReadonlyMap<string, number> = new Map();

startPage();
find.addEventListener("input", show);
byId("refresh", HTMLButtonElement).addEventListener("click", () => void load());
autoRefresh(byId("auto", HTMLInputElement), load);
void load();

async function load(): Promise<void> {
  try {
    const answer = (await findData<readonly MetricAnswer[]>("/api/viewer/metrics")) ?? [];
    metrics = answer;
    hues = assignHues(metrics.map(({ service }) => service));
    show();
  } catch (error) {
    summary.textContent = "Nothing to show";
    list.replaceChildren(el("p", { class: "notice bad" }, explain(error)));
  }
}

function show(): void {
  const found = filterMetrics(metrics, find.value);
  summary.textContent = `${formatCount(found.length, "metric")}${found.length < metrics.length ? ` of ${metrics.length}` : ""}`;
  list.replaceChildren(...(metrics.length === 0 ? [renderEmpty()] : renderServices(found)));
}

function renderServices(found: readonly MetricAnswer[]): readonly HTMLElement[] {
  const services = [...Map.groupBy(found, ({ service }) => service)].sort(([a], [b]) => a.localeCompare(b));
  return services.map(([service, own]) => {
    const hue = `hue-${hues.get(service) ?? 0}`;
    const sorted = own.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    return el(
      "section",
      { class: `metric-service ${hue}` },
      el("h2", { class: "service" }, el("span", { class: "dot" }), service),
      ...sumUpRequests(own).map(renderRequests),
      ...renderGrid(sorted.filter((metric) => !isAboutTelemetry(metric))),
      ...renderOwn(sorted.filter(isAboutTelemetry)),
    );
  });
}

function renderRequests({ protocol, count, errors, median, p95, unit }: Requests): HTMLElement {
  const share =
    errors === 0 ? "none" : `${formatNumber(errors)} (${formatNumber(Math.round((errors / count) * 1000) / 10)} %)`;
  const times = [["median ≈", median] as const, ["95 % ≈", p95] as const].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, formatMeasured(value, unit)] as const],
  );
  const facts = [[`${protocol} requests`, formatNumber(count)], ["failed", share], ...times] as const;
  return el(
    "dl",
    { class: `card requests number${errors > 0 ? " failed" : ""}` },
    ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}

function renderGrid(metrics: readonly MetricAnswer[]): readonly HTMLElement[] {
  return metrics.length === 0 ? [] : [el("div", { class: "metric-grid" }, ...metrics.map(renderMetric))];
}

/** Folded, unless it is what was looked for. */
function renderOwn(metrics: readonly MetricAnswer[]): readonly HTMLElement[] {
  if (metrics.length === 0) return [];
  const title = `${formatCount(metrics.length, "metric")} of the telemetry about itself`;
  const own = el(
    "details",
    { class: "own-metrics", open: find.value !== "" },
    el("summary", { class: "muted" }, title),
    ...renderGrid(metrics),
  );
  own.open = own.open || opened.has(metrics[0]?.service ?? "");
  own.addEventListener("toggle", () =>
    own.open ? opened.add(metrics[0]?.service ?? "") : opened.delete(metrics[0]?.service ?? ""),
  );
  return [own];
}

function isAboutTelemetry({ name, scope = "" }: MetricAnswer): boolean {
  return (
    /^(otel|otlp|otelcol)[._]/.test(name) ||
    scope.startsWith("@opentelemetry/sdk") ||
    scope.startsWith("opentelemetry.sdk")
  );
}

/** What was asked of the service, how long other things took, and the rest. */
function rank({ name, type }: MetricAnswer): number {
  if (/^(http|rpc)\.server\./.test(name)) return 0;
  return type === "histogram" ? 1 : 2;
}

function renderEmpty(): HTMLElement {
  return el(
    "div",
    { class: "card empty" },
    el("h2", {}, "Waiting for a first metric"),
    el("p", {}, "Services send theirs about once a minute. Give them something to measure, and wait for it:"),
    el("pre", { tabindex: 0 }, el("code", {}, "curl 'localhost:3000/rolldice?player=Ada&rolls=3'")),
  );
}
