/** Which row of the tree the keyboard is on, and which one is chosen. */

export interface Selection {
  readonly focused: () => number;
  /** Moves the keyboard's place without moving the focus there. */
  readonly settle: (index: number) => void;
  readonly focus: (index: number) => void;
  readonly select: (index: number | undefined) => void;
}

/** Exactly one row is in the tab order: the one that the keyboard was on last. */
export function createSelection(
  elements: readonly HTMLElement[],
  onSelect: (index: number | undefined) => void,
): Selection {
  let focused = 0;
  let selected: number | undefined;
  const mark = (index: number | undefined, chosen: boolean) => {
    if (index !== undefined) elements[index]?.setAttribute("aria-selected", String(chosen));
  };
  const settle = (index: number) => {
    elements[focused]?.setAttribute("tabindex", "-1");
    elements[index]?.setAttribute("tabindex", "0");
    focused = index;
  };
  const select = (index: number | undefined) => {
    if (index === selected) return;
    mark(selected, false);
    mark(index, true);
    selected = index;
    onSelect(index);
    // The details, once open, may lie over the row.
    if (index !== undefined) elements[index]?.scrollIntoView({ block: "nearest" });
  };
  settle(0);
  return {
    focused: () => focused,
    settle,
    select,
    focus: (index) => {
      settle(index);
      elements[index]?.focus();
      // Once the details are open they follow the focus, as a file list's preview does.
      if (selected !== undefined) select(index);
    },
  };
}
