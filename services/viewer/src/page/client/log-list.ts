/** Log records, in the order in which they were written. */
import { asText, type LogRecord, levelOf, microsOf } from "../model/log-record.ts";
import { button, el } from "./dom.ts";
import { offset } from "./values.ts";

export interface LogListOptions {
  readonly logs: readonly LogRecord[];
  /** When the trace began, in microseconds. */
  readonly start: number;
  readonly hues: ReadonlyMap<string, number>;
  /** Given where a record should lead to its span. */
  readonly onSpan?: (spanId: string) => void;
}

export function renderLogs({ logs, start, hues, onSpan }: LogListOptions): HTMLElement {
  const sorted = logs.toSorted((a, b) => microsOf(a) - microsOf(b));
  return el("ol", { class: "logs" }, ...sorted.map((log) => el("li", {}, ...renderLog(log))));

  function renderLog(log: LogRecord): readonly HTMLElement[] {
    const level = levelOf(log.severityNumber);
    const { spanId } = log;
    const when = offset(microsOf(log), start);
    return [
      onSpan && spanId !== ""
        ? button(when, { class: "when number quiet", title: "Show the span" }, () => onSpan(spanId))
        : el("span", { class: "when number" }, when),
      el("span", { class: `level ${level}` }, log.severityText || level),
      el("span", { class: `service hue-${hues.get(log.service) ?? 0}` }, log.service),
      el("span", { class: "said" }, asText(log.body), ...log.attributes.map(renderPair)),
    ];
  }
}

function renderPair({ key, value }: { readonly key: string; readonly value: unknown }): HTMLElement {
  return el("span", { class: "pair" }, ` ${key}=`, el("span", {}, asText(value)));
}
