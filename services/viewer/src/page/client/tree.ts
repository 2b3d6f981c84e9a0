/** The waterfall: a tree of spans that folds and unfolds, with a bar on the time axis for each. */
import type { Stretch } from "../model/layout.ts";
import type { Row, Rows } from "../model/rows.ts";
import { keyAction, visible } from "../model/tree-keys.ts";
import { el } from "./dom.ts";
import { createFolding, type Folding } from "./folding.ts";
import { createRowDrawing } from "./row-drawing.ts";
import { renderAxis, stepOf } from "./time-axis.ts";
import { renderRow } from "./tree-row.ts";
import { createSelection, type Selection } from "./tree-selection.ts";

export interface TreeOptions {
  readonly rows: Rows;
  readonly hues: ReadonlyMap<string, number>;
  /** A span was chosen, or the choice was taken back. */
  readonly onSelect: (row: Row | undefined) => void;
  /** A key asked for another part of the time axis. */
  readonly onZoom: (direction: "in" | "out" | "whole", around: Row) => void;
  /** Indexes of the rows that are folded to begin with; it is kept up to date. */
  readonly folded: Set<number>;
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
  /** Draws this part of the time axis, with the critical path or without. */
  readonly draw: (window: Stretch, withPath: boolean) => void;
}

export function createTree({ rows: all, hues, onSelect, onZoom, folded }: TreeOptions): Tree {
  const { rows, window } = all;
  const elements = rows.map((row) => renderRow(row, hues));
  const folding = createFolding(rows, elements, folded);
  const selection = createSelection(elements, (index) => onSelect(index === undefined ? undefined : rows[index]));
  let axis = renderAxis(window, window);
  const element = el("div", { class: "tree card", role: "treegrid", "aria-label": "Spans" }, axis, ...elements);
  const drawRows = createRowDrawing(rows, elements, element);
  wireKeys(element, rows, folding, selection, onZoom);
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
    draw: (part, withPath) => {
      drawRows({ window: part, path: withPath ? all.path : NO_PATH });
      const next = renderAxis(part, window);
      axis.replaceWith(next);
      axis = next;
      element.style.setProperty("--step", `${stepOf(part)}%`);
    },
  };
}

const NO_PATH: ReadonlyMap<string, readonly Stretch[]> = new Map();
const ZOOM_KEYS: Readonly<Record<string, "in" | "out" | "whole">> = { "+": "in", "=": "in", "-": "out", "0": "whole" };

function wireKeys(
  grid: HTMLElement,
  rows: readonly Row[],
  folding: Folding,
  selection: Selection,
  onZoom: TreeOptions["onZoom"],
): void {
  grid.addEventListener("keydown", (event) => {
    const row = rows[selection.focused()];
    if (event.key === "Escape") return selection.select(undefined);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ZOOM_KEYS[event.key];
    if (direction) return onZoom(direction, row);
    if (event.shiftKey) return;
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
