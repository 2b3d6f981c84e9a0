/** Keys and values as a table, and moments on the trace's axis as text. */
import { formatDuration } from "../model/format.ts";
import { asText } from "../model/log-record.ts";
import { button, el } from "./dom.ts";

/** A table of two columns. Every value stays text, also one that looks like a link. */
export function renderValues(
  caption: string,
  values: readonly (readonly [key: string, value: unknown])[],
): HTMLElement {
  const body = el("tbody", {}, ...values.flatMap(([key, value]) => renderValue(key, asText(value))));
  return el("table", { class: "values" }, el("caption", { class: "sr-only" }, caption), body);
}

// What is longer than this, such as a stack trace, gets the whole width under its key.
const SHORT = 60;

function renderValue(key: string, text: string): readonly HTMLElement[] {
  if (text.length <= SHORT && !text.includes("\n")) {
    return [el("tr", {}, el("th", { scope: "row" }, ...breakable(key)), el("td", {}, text))];
  }
  return [
    el("tr", {}, el("th", { scope: "row", colspan: 2 }, ...breakable(key))),
    el("tr", {}, el("td", { class: "long", colspan: 2 }, text)),
  ];
}

/** A key that may break after its dots and underscores rather than anywhere. */
function breakable(key: string): readonly (Node | string)[] {
  return key.split(/(?<=[._/-])/).flatMap((part) => [el("wbr"), part]);
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
