/** The waterfall: a tree of spans that folds and unfolds, with a bar on the time axis for each. */
import { formatDuration } from "../model/format.ts";
import { axisTicks, placeAt } from "../model/layout.ts";
import type { Row, Rows } from "../model/rows.ts";
import { keyAction, visible } from "../model/tree-keys.ts";
import { el } from "./dom.ts";
import { createFolding, type Folding } from "./folding.ts";
import { renderRow } from "./tree-row.ts";
import { createSelection, type Selection } from "./tree-selection.ts";

export interface TreeOptions {
  readonly rows: Rows;
  readonly hues: ReadonlyMap<string, number>;
  /** A span was chosen, or the choice was taken back. */
  readonly onSelect: (row: Row | undefined) => void;
}

export interface Tree {
  readonly element: HTMLElement;
  /** Chooses a row, unfolds what hides it and brings it into view; the focus stays where it is. */
  readonly choose: (row: Row) => void;
  /** Takes the choice back and returns the focus to the tree. */
  readonly close: () => void;
  readonly foldAll: (folded: boolean) => void;
  /** Marks these rows as found; undefined ends the search. */
  readonly mark: (found: ReadonlySet<Row> | undefined) => void;
}

export function createTree({ rows: { rows, window }, hues, onSelect }: TreeOptions): Tree {
  const elements = rows.map((row) => renderRow(row, window, hues));
  const folding = createFolding(rows, elements);
  const selection = createSelection(elements, (index) => onSelect(index === undefined ? undefined : rows[index]));
  const element = renderGrid(window.duration, elements);
  wireKeys(element, rows, folding, selection);
  wireClicks(element, elements, folding, selection);
  return {
    element,
    choose: (row) => {
      folding.reveal(row);
      selection.settle(row.index);
      selection.select(row.index);
    },
    close: () => {
      selection.select(undefined);
      selection.focus(selection.focused());
    },
    foldAll: (folded) => {
      folding.setAll(folded);
      selection.settle(visible(rows[selection.focused()], folding.isFolded)?.index ?? 0);
    },
    mark: (found) => {
      element.classList.toggle("searched", found !== undefined);
      for (const row of rows) elements[row.index]?.classList.toggle("found", found?.has(row) ?? false);
    },
  };
}

function wireKeys(grid: HTMLElement, rows: readonly Row[], folding: Folding, selection: Selection): void {
  grid.addEventListener("keydown", (event) => {
    const row = rows[selection.focused()];
    if (event.key === "Escape") return selection.select(undefined);
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const action = keyAction(event.key, row, rows, folding.isFolded);
    if (!action) return;
    event.preventDefault();
    if (action.do === "focus") selection.focus(action.index);
    else if (action.do === "select") selection.select(action.index);
    else folding.set(action.index, action.do === "fold");
  });
}

function wireClicks(grid: HTMLElement, elements: readonly HTMLElement[], folding: Folding, selection: Selection): void {
  grid.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const index = elements.indexOf(target.closest<HTMLElement>(".row") ?? grid);
    if (index === -1) return;
    if (target.closest(".twist")) folding.set(index, !folding.isFolded(index));
    else selection.select(index);
    selection.focus(index);
  });
}

/** The axis over the rows; its steps rule the rows too, by a custom property that the style sheet reads. */
function renderGrid(duration: number, rows: readonly HTMLElement[]): HTMLElement {
  const window = { start: 0, duration };
  const ticks = axisTicks(duration, 5);
  const marks = ticks.map((tick) => {
    const at = placeAt(tick, window);
    // The last label would reach over the edge: it stands before its line.
    const mark = el("span", { class: at > 85 ? "tick end number" : "tick number" }, formatDuration(tick));
    mark.style.setProperty("--at", `${at}%`);
    return mark;
  });
  const axis = el(
    "div",
    { class: "axis", role: "row" },
    el("div", { class: "cell", role: "columnheader" }, "Span"),
    el(
      "div",
      { class: "ticks", role: "columnheader", "aria-label": `Time, ${formatDuration(duration)} in all` },
      ...marks,
    ),
  );
  const grid = el("div", { class: "tree card", role: "treegrid", "aria-label": "Spans" }, axis, ...rows);
  grid.style.setProperty("--step", `${placeAt(ticks[1] ?? duration, window) || 100}%`);
  return grid;
}
