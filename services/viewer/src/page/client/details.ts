/** The panel beside the waterfall: everything that is known of one span. */
import type { Span } from "@baton/trace-tree";
import { formatDuration, formatMoment } from "../model/format.ts";
import type { LogRecord } from "../model/log-record.ts";
import type { Row } from "../model/rows.ts";
import type { SpanDetails } from "../model/span-details.ts";
import { explain, getData } from "./api.ts";
import { renderDetails } from "./detail-sections.ts";
import { button, el } from "./dom.ts";
import { renderLogs } from "./log-list.ts";
import { offset, renderText } from "./values.ts";

export interface DetailsOptions {
  readonly logs: readonly LogRecord[];
  /** When the trace began, in microseconds. */
  readonly start: number;
  readonly hues: ReadonlyMap<string, number>;
  /** Which of the spans with the same id a row shows: 0 for nearly all. */
  readonly placeOf: (row: Row) => number;
  readonly onClose: () => void;
}

export interface Details {
  readonly element: HTMLElement;
  /** Shows a span; undefined hides the panel. */
  readonly show: (row: Row | undefined) => void;
}

export function createDetails(options: DetailsOptions): Details {
  const element = el("section", { class: "details card", "aria-label": "Details of the span", hidden: true });
  let shown: Row | undefined;
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") options.onClose();
  });

  /** The head is there at once; the rest is asked for, as a list of spans does not carry it. */
  async function load(row: Row): Promise<void> {
    const body = el("div", { class: "details-body" }, el("p", { class: "muted", role: "status" }, "Loading…"));
    element.replaceChildren(...renderHead(row, options), body);
    element.scrollTop = 0;
    try {
      const details = await fetchDetails(row, options.placeOf(row));
      if (shown !== row) return;
      const logs = options.logs.filter(({ spanId }) => spanId === row.span.spanId);
      body.replaceChildren(
        ...renderDetails(details, options.start, async () => fetchDetails(row, options.placeOf(row), "?whole=true")),
        ...(logs.length === 0 ? [] : [el("h3", {}, "Logs"), renderLogs({ ...options, logs })]),
      );
    } catch (error) {
      if (shown === row) body.replaceChildren(el("p", { class: "notice bad" }, explain(error)));
    }
  }

  return {
    element,
    show: (row) => {
      shown = row;
      element.hidden = row === undefined;
      element.replaceChildren();
      if (row) void load(row);
    },
  };
}

async function fetchDetails({ span }: Row, place: number, query = ""): Promise<SpanDetails> {
  const path = `/api/viewer/traces/${span.traceId}/spans/${encodeURIComponent(span.spanId)}${query}`;
  const found = (await getData<readonly SpanDetails[]>(path))[place];
  if (!found) throw new Error("This span is no longer here.");
  return found;
}

function renderHead({ span, oddities }: Row, { hues, start, onClose }: DetailsOptions): readonly HTMLElement[] {
  return [
    el(
      "header",
      {},
      el("p", { class: `service hue-${hues.get(span.service) ?? 0}` }, span.service),
      button("Close", { class: "quiet small", title: "Escape" }, onClose),
      el("h2", {}, span.name),
    ),
    renderFacts(span, start),
    ...renderMessage(span),
    ...oddities.map(({ sentence }) => el("p", { class: "notice warn" }, sentence)),
  ];
}

function renderFacts(span: Span, start: number): HTMLElement {
  return el(
    "p",
    { class: "facts number" },
    span.status === "error" && el("span", { class: "mark bad" }, "error"),
    span.status === "ok" && el("span", { class: "mark good" }, "ok"),
    el("span", {}, span.kind),
    el("span", {}, formatDuration(span.durationMicros)),
    el("span", { title: formatMoment(span.startMicros) }, `at ${offset(span.startMicros, start)}`),
  );
}

function renderMessage({ status, statusMessage }: Span): readonly HTMLElement[] {
  if (statusMessage === "") return [];
  const text = renderText({ text: statusMessage, length: statusMessage.length, load: async () => statusMessage });
  return [el("p", { class: `notice message${status === "error" ? " bad" : ""}` }, text)];
}
