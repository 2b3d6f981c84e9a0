import { expect, test } from "bun:test";
import { pad, printable, truncate } from "./printable.ts";

test.each([
  ["GET /rolldice", "GET /rolldice"],
  ["würfeln 🎲 骰子", "würfeln 🎲 骰子"],
  ["\x1b[31mred\x07", "\\x1b[31mred\\x07"],
  ["one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"],
  ["\x9b31m", "\\x9b31m"],
  ["\u202egnp.exe", "\\u{202e}gnp.exe"],
  ["\u200b\ufeff\u2028", "\\u{200b}\\u{feff}\\u{2028}"],
  ["half \ud83c pair", "half \\u{d83c} pair"],
])("%j is printed as %j", (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("cut and padded text has exactly the columns asked for, wide characters included", () => {
  for (const text of [
    "",
    "short",
    "exactly-10",
    "longer than ten",
    "骰子骰子骰子骰子",
    "a骰子骰子骰子骰子",
    "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
  ]) {
    expect(Bun.stringWidth(pad(text, 10))).toBe(10);
  }
  expect(truncate("longer than ten", 10)).toBe("longer th…");
  expect(truncate("exactly-10", 10)).toBe("exactly-10");
});
