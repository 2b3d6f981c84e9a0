/** Draws the rows of the waterfall: all of them, or in a very long trace those that are in sight. */
import type { Row } from "../model/rows.ts";
import { drawRow, type TimeAxis } from "./tree-row.ts";

/** Up to here the browser's own search finds every row. Ninety thousand rows at once take it half a minute. */
const MOST_AT_ONCE = 10_000;

/** @returns Draws on another axis */
export function createRowDrawing(
  rows: readonly Row[],
  elements: readonly HTMLElement[],
  grid: HTMLElement,
): (axis: TimeAxis) => void {
  let axis: TimeAxis | undefined;
  const draw = (index: number) => {
    const [row, element] = [rows[index], elements[index]];
    if (row && element && axis) drawRow(element, row, axis);
  };
  const drawAll = () => {
    for (const { index } of rows) draw(index);
  };
  if (rows.length <= MOST_AT_ONCE || !("ContentVisibilityAutoStateChangeEvent" in globalThis)) {
    return (next) => {
      axis = next;
      drawAll();
    };
  }
  const indexes = new Map<EventTarget, number>(elements.map((element, index) => [element, index]));
  const inSight = new Set<number>();
  grid.addEventListener("contentvisibilityautostatechange", (event) => {
    const index = event.target ? indexes.get(event.target) : undefined;
    if (index === undefined || !(event instanceof ContentVisibilityAutoStateChangeEvent)) return;
    if (event.skipped) {
      inSight.delete(index);
      return;
    }
    inSight.add(index);
    draw(index);
  });
  addEventListener("beforeprint", () => {
    if (grid.isConnected) drawAll();
  });
  return (next) => {
    axis = next;
    for (const index of inSight) draw(index);
  };
}
