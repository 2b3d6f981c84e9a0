/** Which rows of the tree are folded away. */
import type { TreeRow } from "../model/tree-keys.ts";

export interface Folding {
  readonly isFolded: (index: number) => boolean;
  readonly set: (index: number, folded: boolean) => void;
  /** Folds every row that has others below it, or unfolds all. */
  readonly setAll: (folded: boolean) => void;
  /** Unfolds whatever hides a row. */
  readonly reveal: (row: TreeRow) => void;
}

/** @param folded Indexes of the rows that are folded to begin with; it is kept up to date. */
export function createFolding(
  rows: readonly TreeRow[],
  elements: readonly HTMLElement[],
  folded = new Set<number>(),
): Folding {
  const mark = (index: number, away: boolean) => {
    if (away) folded.add(index);
    else folded.delete(index);
    elements[index]?.setAttribute("aria-expanded", String(!away));
  };
  // One pass over all rows, whatever changed: with thousands of rows nested deep, one pass a change would not do.
  const apply = () => {
    let hiddenTo = -1;
    for (const row of rows) {
      const element = elements[row.index];
      const hidden = row.index <= hiddenTo;
      if (element && element.hidden !== hidden) element.hidden = hidden;
      if (!hidden && folded.has(row.index)) hiddenTo = row.last;
    }
  };
  for (const index of folded) mark(index, true);
  if (folded.size > 0) apply();
  return {
    isFolded: (index) => folded.has(index),
    set: (index, away) => {
      mark(index, away);
      apply();
    },
    setAll: (away) => {
      for (const row of rows) if (row.children > 0) mark(row.index, away);
      apply();
    },
    reveal: (row) => {
      for (let above = row.parent; above; above = above.parent) if (folded.has(above.index)) mark(above.index, false);
      apply();
    },
  };
}
