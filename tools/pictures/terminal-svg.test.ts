import { describe, expect, test } from "bun:test";
import { parseLine } from "./ansi.ts";
import { palettes, renderTerminalSvg } from "./terminal-svg.ts";

const plain = { bold: false, dim: false, colour: undefined };

describe("parseLine", () => {
  test("gives each run its look and its first column", () => {
    expect(parseLine("a\u001b[1mb\u001b[31mc\u001b[22;39md\u001b[2me\u001b[0mf\u001b[32mg\u001b[mh")).toEqual([
      { ...plain, text: "a", column: 0 },
      { ...plain, text: "b", column: 1, bold: true },
      { ...plain, text: "c", column: 2, bold: true, colour: "red" },
      { ...plain, text: "d", column: 3 },
      { ...plain, text: "e", column: 4, dim: true },
      { ...plain, text: "f", column: 5 },
      { ...plain, text: "g", column: 6, colour: "green" },
      { ...plain, text: "h", column: 7 },
    ]);
  });

  test.each(["\u001b[2Jx", "a\rb", "\u001b[95mx"])("%j cannot be drawn", (line) => {
    expect(() => parseLine(line)).toThrow();
  });
});

describe("renderTerminalSvg", () => {
  const svg = (...lines: readonly string[]) =>
    renderTerminalSvg({ title: "<demo>", columns: 20, lines, palette: palettes.dark });

  test("words keep their columns in every font, and are text", () => {
    const drawn = svg("  a <b> &  \u001b[36mc\u001b[39m");
    expect(drawn).toContain("<title>&lt;demo&gt;</title>");
    expect(drawn).toMatch(/<text class="n" x="34.8" y="66" textLength="58.8"[^>]*>a &lt;b&gt; &amp;<\/text>/);
    expect(drawn).toMatch(/<text class="cyan" x="110.4" y="66" textLength="8.4"[^>]*>c<\/text>/);
  });

  test("bars are drawn, in their cells", () => {
    const rects = [...svg("▕██ ▏").matchAll(/<rect class="n" x="([\d.]+)" y="52" width="([\d.]+)"/g)];
    expect(rects.map(([, x, width]) => [Number(x), Number(width)])).toEqual([
      [25.35, 1.05],
      [26.4, 16.8],
      [51.6, 1.05],
    ]);
  });

  test("has the height of its lines", () => {
    expect(svg("one", "", "three")).toContain('width="204" height="127"');
  });
});
