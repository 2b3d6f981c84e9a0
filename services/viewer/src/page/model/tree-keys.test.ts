import { describe, expect, test } from "bun:test";
import { keyAction, type TreeRow, visible } from "./tree-keys.ts";

// 0          a root
//   1
//     2
//   3
// 4          another root
const rows: TreeRow[] = [];
for (const [parent, children, last] of [
  [-1, 2, 3],
  [0, 1, 2],
  [1, 0, 2],
  [0, 0, 3],
  [-1, 0, 4],
] as const) {
  rows.push({ index: rows.length, parent: rows[parent], children, last });
}

function press(key: string, index: number, folded: readonly number[] = []) {
  const row = rows[index];
  if (!row) throw new Error(`no row ${index}`);
  const action = keyAction(key, row, rows, (at) => folded.includes(at));
  return action && `${action.do} ${action.index}`;
}

describe("in an open tree", () => {
  test.each([
    ["ArrowDown", 0, "focus 1"],
    ["ArrowDown", 4, "focus 4"],
    ["ArrowUp", 3, "focus 2"],
    ["ArrowUp", 0, "focus 0"],
    ["ArrowRight", 0, "focus 1"],
    ["ArrowRight", 2, undefined],
    ["ArrowLeft", 1, "fold 1"],
    ["ArrowLeft", 2, "focus 1"],
    ["ArrowLeft", 4, "focus 4"],
    ["Home", 3, "focus 0"],
    ["End", 0, "focus 4"],
    ["PageDown", 1, "focus 4"],
    ["PageUp", 3, "focus 0"],
    ["Enter", 2, "select 2"],
    [" ", 2, "select 2"],
    ["x", 2, undefined],
  ])("%p on row %p: %p", (key, index, action) => expect(press(key, index)).toBe(action));
});

describe("in a folded tree", () => {
  test.each([
    ["ArrowDown", 0, [0], "focus 4"],
    ["ArrowUp", 4, [0], "focus 0"],
    ["ArrowUp", 3, [1], "focus 1"],
    ["ArrowUp", 4, [0, 1], "focus 0"],
    ["ArrowRight", 1, [1], "unfold 1"],
    ["ArrowLeft", 1, [1], "focus 0"],
    ["ArrowLeft", 0, [0], "focus 0"],
    ["End", 0, [], "focus 4"],
  ] as const)("%p on row %p with %p folded: %p", (key, index, folded, action) =>
    expect(press(key, index, folded)).toBe(action),
  );

  test("a hidden row belongs to the outermost folded row around it", () => {
    expect(visible(rows[2], (index) => index < 2)?.index).toBe(0);
    expect(visible(rows[2], (index) => index === 1)?.index).toBe(1);
    expect(visible(rows[2], () => false)?.index).toBe(2);
  });
});
