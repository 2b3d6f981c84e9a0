/** The page /metrics: what each service measured, as it last said. */
import { assignHues } from "../model/colour.ts";
import { formatCount } from "../model/format.ts";
import { filterMetrics, type MetricAnswer } from "../model/metric.ts";
import { explain, findData, getData } from "./api.ts";
import { byId, el } from "./dom.ts";
import { renderMetric } from "./metric-card.ts";
import { autoRefresh, startPage } from "./page.ts";

const list = byId("metrics", HTMLDivElement);
const find = byId("find", HTMLInputElement);
const summary = byId("summary", HTMLParagraphElement);
let metrics: readonly MetricAnswer[] = [];
let hues: ReadonlyMap<string, number> = new Map();

startPage();
find.addEventListener("input", show);
byId("refresh", HTMLButtonElement).addEventListener("click", () => void load());
autoRefresh(byId("auto", HTMLInputElement), load);
void load();

async function load(): Promise<void> {
  try {
    const [answer = [], services] = await Promise.all([
      findData<readonly MetricAnswer[]>("/api/viewer/metrics"),
      getData<readonly string[]>("/api/services"),
    ]);
    metrics = answer;
    hues = assignHues([...services, ...metrics.map(({ service }) => service)]);
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
      el("div", { class: "metric-grid" }, ...sorted.map(renderMetric)),
    );
  });
}

/** How long things take comes first, and what the telemetry says about itself comes last. */
function rank({ name, type }: MetricAnswer): number {
  if (name.startsWith("otel.")) return 2;
  return type === "histogram" ? 0 : 1;
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
