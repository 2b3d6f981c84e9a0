/** The panel beside the waterfall: everything that is known of one span. */
import type { Span, SpanLink } from "@baton/trace-tree";
import { formatDuration, formatMoment } from "../model/format.ts";
import type { LogRecord } from "../model/log-record.ts";
import type { Row } from "../model/rows.ts";
import { tracePath } from "../model/search-query.ts";
import { button, el } from "./dom.ts";
import { renderLogs } from "./log-list.ts";
import { offset, renderValues } from "./values.ts";

export interface DetailsOptions {
  readonly logs: readonly LogRecord[];
  /** When the trace began, in microseconds. */
  readonly start: number;
  readonly hues: ReadonlyMap<string, number>;
  readonly onClose: () => void;
}

export interface Details {
  readonly element: HTMLElement;
  /** Shows a span; undefined hides the panel. */
  readonly show: (row: Row | undefined) => void;
}

export function createDetails(options: DetailsOptions): Details {
  const element = el("section", { class: "details card", "aria-label": "Details of the span", hidden: true });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") options.onClose();
  });
  return {
    element,
    show: (row) => {
      element.hidden = row === undefined;
      element.replaceChildren(...(row ? render(row, options) : []));
      element.scrollTop = 0;
    },
  };
}

function render({ span, oddities }: Row, options: DetailsOptions): readonly Node[] {
  const logs = options.logs.filter(({ spanId }) => spanId === span.spanId);
  const attributes = Object.entries(span.attributes).filter(([key]) => !SHOWN_ELSEWHERE.has(key));
  return [
    ...renderHead(span, options),
    ...oddities.map(({ sentence }) => el("p", { class: "notice warn" }, sentence)),
    ...section("Attributes", attributes.length, () => renderValues("Attributes", attributes)),
    ...section("Events", span.events.length, () => renderEvents(span, options.start)),
    ...section("Links", span.links.length, () => el("ul", {}, ...span.links.map(renderLink))),
    ...section("Logs", logs.length, () => renderLogs({ ...options, logs })),
    ...section("Resource", 1, () => renderValues("Resource", readResource(span))),
    ...section("Identity", 1, () => renderValues("Identity", readIdentity(span))),
  ];
}

/** Tags that carry a field of the span over Jaeger's JSON: the panel shows them as that field. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  "error",
  "span.kind",
  "otel.status_code",
  "otel.status_description",
  "otel.scope.name",
  "otel.scope.version",
]);

function renderHead(span: Span, { hues, start, onClose }: DetailsOptions): readonly HTMLElement[] {
  const failed = span.status === "error";
  return [
    el(
      "header",
      {},
      el("p", { class: `service hue-${hues.get(span.service) ?? 0}` }, span.service),
      button("Close", { class: "quiet small", title: "Escape" }, onClose),
      el("h2", {}, span.name),
    ),
    el(
      "p",
      { class: "facts number" },
      failed && el("span", { class: "mark bad" }, "error"),
      span.status === "ok" && el("span", { class: "mark good" }, "ok"),
      el("span", {}, span.kind),
      el("span", {}, formatDuration(span.durationMicros)),
      el("span", { title: formatMoment(span.startMicros) }, `at ${offset(span.startMicros, start)}`),
    ),
    ...(span.statusMessage === ""
      ? []
      : [el("p", { class: `notice message${failed ? " bad" : ""}` }, span.statusMessage)]),
  ];
}

function section(title: string, count: number, render: () => HTMLElement): readonly HTMLElement[] {
  return count === 0 ? [] : [el("h3", {}, title), render()];
}

function renderEvents({ events }: Span, start: number): HTMLElement {
  return el(
    "ol",
    { class: "events" },
    ...events.map(({ name, timeMicros, attributes }) => {
      const values = Object.entries(attributes);
      return el(
        "li",
        {},
        el("span", { class: "when number" }, offset(timeMicros, start)),
        el("strong", {}, name),
        values.length > 0 && renderValues(`Attributes of ${name}`, values),
      );
    }),
  );
}

function renderLink({ traceId, spanId }: SpanLink): HTMLElement {
  const href = tracePath(traceId, spanId);
  const label = `trace ${traceId} · span ${spanId}`;
  return el("li", { class: "mono" }, href === undefined ? label : el("a", { href }, label));
}

function readResource({ service, resource }: Span): readonly (readonly [string, unknown])[] {
  return [["service.name", service], ...Object.entries(resource).filter(([key]) => key !== "service.name")];
}

function readIdentity({ spanId, parentId, attributes }: Span): readonly (readonly [string, unknown])[] {
  const scope = [attributes["otel.scope.name"], attributes["otel.scope.version"]].filter(Boolean).join(" ");
  const identity: (readonly [string, unknown])[] = [["span id", spanId]];
  if (parentId !== undefined) identity.push(["parent id", parentId]);
  if (scope !== "") identity.push(["made by", scope]);
  return identity;
}
