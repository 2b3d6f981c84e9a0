/** Keys and values as a table, and moments on the trace's axis as text. */
import { formatDuration } from "../model/format.ts";
import { asText } from "../model/log-record.ts";
import { button, el } from "./dom.ts";

/** A table of two columns. Every value stays text, also one that looks like a link. */
export function renderValues(
  caption: string,
  values: readonly (readonly [key: string, value: unknown])[],
): HTMLElement {
  return el(
    "table",
    { class: "values" },
    el("caption", { class: "sr-only" }, caption),
    el(
      "tbody",
      {},
      ...values.map(([key, value]) =>
        el("tr", {}, el("th", { scope: "row" }, key), el("td", { class: typeof value }, asText(value))),
      ),
    ),
  );
}

/** How long after the trace's start: `+1.2 ms`. */
export function offset(micros: number, start: number): string {
  const text = formatDuration(micros - start);
  return micros < start ? text : `+${text}`;
}

/** Copies a text, and says so on itself for as long as a glance takes. */
export function copyButton(text: string, what: string): HTMLButtonElement {
  const made = button("Copy", { class: "quiet small", "aria-label": `Copy ${what}` }, () => {
    navigator.clipboard.writeText(text).then(
      () => say("Copied"),
      () => say("Not allowed"),
    );
  });
  const say = (answer: string) => {
    made.textContent = answer;
    setTimeout(() => {
      made.textContent = "Copy";
    }, 1_500);
  };
  return made;
}
