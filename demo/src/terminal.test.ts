import { expect, test } from "bun:test";
import { type Terminal, wrap } from "./terminal.ts";

const terminal = (width: number | undefined): Terminal => ({ colour: false, width, write: () => {} });

test.each([
  [undefined, "one two three", ["one two three"]],
  [13, "one two three", ["one two three"]],
  [12, "one two three", ["one two", "three"]],
  [7, "one two three", ["one two", "three"]],
  [3, "one two three", ["one", "two", "three"]],
  [20, "", [""]],
])("in %p columns %j is wrapped between its words", (width, text, lines) => {
  expect(wrap(terminal(width), text)).toEqual(lines);
});
