/**
 * What a key does in a tree with folded rows.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/#keyboardinteraction
 */

/** A row of the tree, in order. */
export interface TreeRow {
  readonly index: number;
  readonly parent: TreeRow | undefined;
  readonly children: number;
  /** The index of the last descendant; its own index when there is none. */
  readonly last: number;
}

export type TreeAction = { readonly do: "focus" | "fold" | "unfold" | "select"; readonly index: number };

const PAGE = 10;

/** The action for a key pressed on a visible row; undefined where the key means nothing here. */
export function keyAction(
  key: string,
  row: TreeRow,
  rows: readonly TreeRow[],
  isFolded: (index: number) => boolean,
): TreeAction | undefined {
  const focus = (to: TreeRow | undefined): TreeAction => ({ do: "focus", index: (to ?? row).index });
  const open = row.children > 0 && !isFolded(row.index);
  const step = (times: number) => walk(row, times, rows, isFolded);
  switch (key) {
    case "ArrowDown":
      return focus(step(1));
    case "ArrowUp":
      return focus(step(-1));
    case "PageDown":
      return focus(step(PAGE));
    case "PageUp":
      return focus(step(-PAGE));
    case "Home":
      return focus(rows[0]);
    case "End":
      return focus(visible(rows.at(-1), isFolded));
    case "ArrowRight":
      if (row.children === 0) return undefined;
      return open ? focus(rows[row.index + 1]) : { do: "unfold", index: row.index };
    case "ArrowLeft":
      return open ? { do: "fold", index: row.index } : focus(row.parent);
    case "Enter":
    case " ":
      return { do: "select", index: row.index };
    default:
      return undefined;
  }
}

/** The row itself, or the folded row that it is hidden in: the outermost one. */
export function visible(row: TreeRow | undefined, isFolded: (index: number) => boolean): TreeRow | undefined {
  let shown = row;
  for (let above = row?.parent; above; above = above.parent) if (isFolded(above.index)) shown = above;
  return shown;
}

/** So many visible rows on, or back; no further than the ends. */
function walk(from: TreeRow, steps: number, rows: readonly TreeRow[], isFolded: (index: number) => boolean): TreeRow {
  let at = from;
  for (let left = Math.abs(steps); left > 0; left -= 1) {
    const next =
      steps > 0 ? rows[(isFolded(at.index) ? at.last : at.index) + 1] : visible(rows[at.index - 1], isFolded);
    if (!next) break;
    at = next;
  }
  return at;
}
