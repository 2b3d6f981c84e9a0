/** Log records, one below the other. */
import { formatCount, formatMoment } from "../model/format.ts";
import { asText, type LogRecord, levelOf, microsOf } from "../model/log-record.ts";
import { tracePath } from "../model/search-query.ts";
import { getData } from "./api.ts";
import { button, el } from "./dom.ts";
import { copyMark, offset } from "./values.ts";

export interface LogListOptions {
  readonly logs: readonly LogRecord[];
  /** When the trace began, in microseconds. Without it, moments are those of the clock, and the order is kept. */
  readonly start?: number;
  readonly hues: ReadonlyMap<string, number>;
  /** Given where a record should lead to its span. */
  readonly onSpan?: (spanId: string) => void;
}

export function renderLogs({ logs, start, hues, onSpan }: LogListOptions): HTMLElement {
  const sorted = start === undefined ? logs : logs.toSorted((a, b) => microsOf(a) - microsOf(b));
  return el("ol", { class: "logs" }, ...sorted.map((log) => el("li", {}, ...renderLog(log))));

  function renderLog(log: LogRecord): readonly (HTMLElement | false)[] {
    const level = levelOf(log.severityNumber);
    const when = start === undefined ? formatMoment(microsOf(log)) : offset(microsOf(log), start);
    return [
      renderMoment(log, when),
      el("span", { class: `level ${level}` }, log.severityText || level),
      el("span", { class: `service hue-${hues.get(log.service) ?? 0}` }, log.service),
      renderSaid(log),
    ];
  }

  function renderMoment({ traceId, spanId }: LogRecord, when: string): HTMLElement {
    if (onSpan && spanId !== "") {
      return button(when, { class: "when number quiet", title: "Show the span" }, () => onSpan(spanId));
    }
    const href = start === undefined ? tracePath(traceId, spanId) : undefined;
    if (href === undefined) return el("span", { class: "when number" }, when);
    return el("a", { class: "when number", href, title: "Show the trace" }, when);
  }
}

// About eight lines.
const BEGINNING = 600;

/** What the record says; of a long one the beginning, its size, and how to get at the rest. */
function renderSaid(log: LogRecord): HTMLElement {
  const said = el("span", { class: "said" });
  const length = log.length ?? asText(log.body).length;
  if (log.isWhole !== false && length <= BEGINNING) {
    said.append(...renderParts(log));
    return said;
  }
  const all = button("Show all", { class: "quiet small" }, () => {
    loadWhole(log).then(
      (whole) => said.replaceChildren(el("span", { class: "whole", tabindex: 0 }, ...renderParts(whole))),
      () => {
        size.textContent = " It is no longer here. ";
      },
    );
  });
  const size = el("span", { class: "muted small size" }, ` ${formatCount(length, "character")} `);
  const beginning = [...renderParts(log)]
    .map((part) => (typeof part === "string" ? part : (part.textContent ?? "")))
    .join("");
  said.append(
    `${beginning.slice(0, BEGINNING)}…`,
    size,
    all,
    copyMark(async () => asText((await loadWhole(log)).body), "the log"),
  );
  return said;
}

function renderParts(log: LogRecord): readonly (HTMLElement | string)[] {
  return [asText(log.body), ...log.attributes.map(renderPair)];
}

async function loadWhole(log: LogRecord): Promise<LogRecord> {
  return log.isWhole === false ? getData<LogRecord>(`/api/viewer/logs/${log.id}`) : log;
}

function renderPair({ key, value }: { readonly key: string; readonly value: unknown }): HTMLElement {
  return el("span", { class: "pair" }, ` ${key}=`, el("span", {}, asText(value)));
}
