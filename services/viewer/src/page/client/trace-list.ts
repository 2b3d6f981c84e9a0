/** The results of a search, and what to tell somebody who has none yet. */
import { formatAgo, formatCount, formatDuration, formatMoment, formatNumber, isoMoment } from "../model/format.ts";
import { tracePath } from "../model/search-query.ts";
import type { TraceSummary } from "../model/trace-summary.ts";
import { el } from "./dom.ts";

/** In the order in which they are given, each a link to its trace. */
export function renderTraces(traces: readonly TraceSummary[], hues: ReadonlyMap<string, number>): HTMLElement {
  const longest = Math.max(1, ...traces.map((trace) => trace.duration));
  const now = Date.now() * 1e3;
  return el(
    "ol",
    { class: "trace-list" },
    ...traces.map((trace) => el("li", {}, traceLink(trace, hues, longest, now))),
  );
}

/** How a newcomer gets a first trace in; or, where there are traces, that this search matches none of them. */
export function renderEmpty(anyServices: boolean): HTMLElement {
  if (anyServices) {
    return el(
      "div",
      { class: "card empty" },
      el("p", {}, "No trace matches this search. Look further back, or take a filter away."),
    );
  }
  return el(
    "div",
    { class: "card empty" },
    el("h2", {}, "Waiting for a first trace"),
    el("p", {}, "Send a request through the two services. It shows up here by itself:"),
    el("pre", { tabindex: 0 }, el("code", {}, "curl -i 'localhost:3000/rolldice?player=Ada&rolls=3'")),
    el(
      "p",
      {},
      "Nothing arrives? Start everything at once with ",
      el("code", {}, "bun run demo"),
      ", or point a service of your own here:",
    ),
    el("pre", { tabindex: 0 }, el("code", {}, "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318")),
  );
}

function traceLink(
  trace: TraceSummary,
  hues: ReadonlyMap<string, number>,
  longest: number,
  now: number,
): HTMLAnchorElement {
  const hue = (service: string) => `hue-${hues.get(service) ?? 0}`;
  const share = el("span", { class: `trace-share ${hue(trace.service)}` });
  share.style.setProperty("--share", `${(trace.duration / longest) * 100}%`);
  return el(
    "a",
    { class: "card trace-link", href: tracePath(trace.id) },
    el(
      "span",
      { class: "trace-name" },
      el("span", { class: `service ${hue(trace.service)}` }, trace.service),
      ` ${trace.name}`,
      trace.path !== undefined &&
        !trace.name.includes(trace.path) &&
        el("span", { class: "muted mono" }, ` ${trace.path}`),
    ),
    el("span", { class: "trace-duration number" }, formatDuration(trace.duration)),
    el(
      "span",
      { class: "trace-parts" },
      trace.status !== undefined && el("span", { class: `chip${statusClass(trace.status)}` }, trace.status),
      el("span", { class: "chip" }, formatCount(trace.spans, "span")),
      ...renderVerdict(trace),
      trace.errors > 0 && el("span", { class: "chip bad" }, formatCount(trace.errors, "error")),
      ...trace.services.map(({ name, spans }) =>
        el("span", { class: `chip ${hue(name)}` }, el("span", { class: "dot" }), `${name} ${formatNumber(spans)}`),
      ),
      trace.moreServices > 0 && el("span", { class: "chip" }, `and ${formatCount(trace.moreServices, "more service")}`),
      el("code", { class: "muted trace-id", title: trace.id }, trace.id.slice(0, 8)),
    ),
    el(
      "time",
      { class: "trace-when number", datetime: isoMoment(trace.start) },
      `${formatAgo(trace.start, now)} · ${formatMoment(trace.start)}`,
    ),
    el("span", { class: `trace-scale${trace.errors > 0 ? " failed" : ""}` }, share),
  );
}

/** An HTTP status that is a fault of the server is one for the reader, too. */
function statusClass(status: string): string {
  if (!/^[1-5]\d\d$/.test(status)) return "";
  return status >= "500" ? " bad" : status >= "400" ? " warn" : "";
}

/** The usual needs no word; what is merely unusual is said without a colour. */
function renderVerdict({ verdict: { grade, summary } }: TraceSummary): readonly HTMLElement[] {
  if (grade === "joined") return [];
  if (grade === "unusual") return [el("span", { class: "chip", title: summary }, "unusual")];
  return [el("span", { class: grade === "broken" ? "chip warn" : "chip" }, summary)];
}
