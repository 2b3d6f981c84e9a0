/** Keys and values as a table, and moments on the trace's axis as text. */
import { formatCount, formatDuration } from "../model/format.ts";
import { asText } from "../model/log-record.ts";
import { button, el } from "./dom.ts";

export interface Value {
  readonly key: string;
  /** Its beginning, where `length` is more. */
  readonly text: string;
  /** Characters. */
  readonly length: number;
  /** The whole text, where `text` is not. */
  readonly load: () => Promise<string>;
}

/** A value that is here as a whole. */
export function wholeValue(key: string, value: unknown): Value {
  const text = asText(value);
  return { key, text, length: text.length, load: async () => text };
}

// More than this would push everything else off the panel.
const SHOWN_VALUES = 200;

/** A table of two columns. Every value stays text, also one that looks like a link. */
export function renderValues(caption: string, values: readonly Value[]): HTMLElement {
  const body = el("tbody", {}, ...values.slice(0, SHOWN_VALUES).flatMap(renderValue));
  const rest = values.slice(SHOWN_VALUES);
  if (rest.length > 0) {
    const more = button(`Show ${rest.length} more`, { class: "quiet small" }, () =>
      row.replaceWith(...rest.flatMap(renderValue)),
    );
    const row = el("tr", {}, el("td", { colspan: 2 }, more));
    body.append(row);
  }
  return el("table", { class: "values" }, el("caption", { class: "sr-only" }, caption), body);
}

// What is longer than this, such as a stack trace, gets the whole width under its key.
const SHORT = 60;

function renderValue(value: Value): readonly HTMLElement[] {
  const { key, text, length } = value;
  const mark = copyMark(value.load, key.slice(0, SHORT));
  if (length <= SHORT && !text.includes("\n")) {
    return [el("tr", {}, el("th", { scope: "row" }, ...breakable(key)), el("td", {}, text, mark))];
  }
  return [
    el("tr", {}, el("th", { scope: "row", colspan: 2 }, ...breakable(key))),
    el("tr", {}, el("td", { class: "long", colspan: 2 }, renderText(value), mark)),
  ];
}

// About twelve lines of the panel.
const BEGINNING = 600;

/** A text; of a long one its beginning, its size, and a button that shows the rest in a box that scrolls. */
export function renderText({ text, length, load }: Pick<Value, "text" | "length" | "load">): HTMLElement {
  if (length <= BEGINNING) return el("span", { class: "text" }, text);
  const shown = el("span", { class: "text" }, text.slice(0, BEGINNING), "…");
  const size = el("span", { class: "muted small size" }, ` ${formatCount(length, "character")} `);
  const all = button("Show all", { class: "quiet small" }, () => {
    all.disabled = true;
    load().then(
      (whole) => box.replaceChildren(el("span", { class: "text whole", tabindex: 0 }, whole), size),
      () => {
        size.textContent = " The whole text is no longer here. ";
      },
    );
  });
  const box = el("span", { class: "long-text" }, shown, size, all);
  return box;
}

/** A key that may break after its dots and underscores rather than anywhere. */
function breakable(key: string): readonly (Node | string)[] {
  if (key.length > BEGINNING) return [`${key.slice(0, BEGINNING)}…`];
  return key.split(/(?<=[._/-])/).flatMap((part) => [el("wbr"), part]);
}

/** How long after the trace's start: `+1.2 ms`. */
export function offset(micros: number, start: number): string {
  const text = formatDuration(micros - start);
  return micros < start ? text : `+${text}`;
}

/** Copies a text, and says so on itself for as long as a glance takes. */
export function copyButton(load: () => Promise<string>, what: string): HTMLButtonElement {
  const made = button("Copy", { class: "quiet small", "aria-label": `Copy ${what}` }, () => copy(load, say));
  const say = (answer: string) => {
    made.textContent = answer;
    setTimeout(() => {
      made.textContent = "Copy";
    }, SAID_MS);
  };
  return made;
}

/** The same beside a value: it has no text of its own, and is seen where the pointer or the keyboard is. */
export function copyMark(load: () => Promise<string>, what: string): HTMLButtonElement {
  const made = button("", { class: "copy", "aria-label": `Copy ${what}` }, () => copy(load, say));
  const say = (answer: string) => {
    made.dataset.said = answer;
    setTimeout(() => delete made.dataset.said, SAID_MS);
  };
  return made;
}

const SAID_MS = 1_500;

function copy(load: () => Promise<string>, say: (answer: string) => void): void {
  load()
    .then((text) => navigator.clipboard.writeText(text))
    .then(
      () => say("Copied"),
      () => say("Not allowed"),
    );
}
