import { expect, test } from "bun:test";
import { buildTree } from "./build.ts";
import { type SampleSpan, sampleTrace } from "./testing/sample-trace.ts";
import { renderWaterfall, type WaterfallOptions } from "./waterfall.ts";

const render = (options: WaterfallOptions, ...spans: readonly SampleSpan[]) =>
  renderWaterfall(buildTree(sampleTrace(...spans)), options);

const PAIR: readonly SampleSpan[] = [
  { id: "1", name: "GET /rolldice", kind: "server", start: 1000, duration: 20_000 },
  { id: "2", parent: "1", name: "dice/Roll", kind: "client", start: 6000, duration: 10_000 },
  {
    id: "3",
    parent: "2",
    service: "back",
    name: "dice/Roll",
    kind: "server",
    start: 7000,
    duration: 5000,
    tags: { "otel.status_code": "ERROR", "otel.status_description": "out of dice" },
    events: [{ name: "rolled", at: 7500, tags: { sides: "6" } }],
    links: ["4bf92f3577b34da6a3ce929d0e0e4736"],
  },
  { id: "4", parent: "3", service: "back", name: "roll dice", start: 7100, duration: 12 },
];

test("has the tree on the left and the time on the right", () => {
  expect(`\n${render({ width: 80 }, ...PAIR)}\n`).toBe(`
trace t · 4 spans · front, back · 20.00ms
front  GET /rolldice              SERVER     20.00ms ▕█████████████████████████▏
  front  dice/Roll                CLIENT     10.00ms ▕      █████████████      ▏
    ✗ back  dice/Roll             SERVER      5.00ms ▕       ██████            ▏
        ERROR out of dice
        • rolled +500µs sides=6
        ↗ linked to trace 4bf92f3577b34da6a3ce929d0e0e4736
      back  roll dice             INTERNAL      12µs ▕       ▏                 ▏
`);
});

test("without colour there is no control character but the line break; with it every colour ends", () => {
  expect(render({}, ...PAIR)).not.toMatch(/[^\P{Cc}\n]/u);
  const coloured = render({ color: true }, ...PAIR);
  expect(coloured).toContain("\x1b[31m");
  expect(coloured.split("\x1b[").length - 1).toBe(2 * (coloured.split("\x1b[0m").length - 1));
  expect(Bun.stripANSI(coloured)).toBe(render({}, ...PAIR));
});

test("no line is wider than the given width, for any length and depth of names", () => {
  const deep = Array.from({ length: 40 }, (_, index): SampleSpan => {
    const event = { name: "event ".repeat(50), at: 1 };
    return { id: `${index}`, name: "骰子".repeat(60), events: [event], ...(index > 0 && { parent: `${index - 1}` }) };
  });
  for (const line of render({ width: 90 }, ...deep).split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(90);
});

test.each([
  [101, "front  …DiceService/StreamRolls "],
  [104, "front  baton.dice.v1.DiceService/StreamRolls "],
  [80, "front  …DiceService/StreamRolls "],
  [58, "front  …/StreamRolls "],
  [40, "front  … "],
])("in %d columns the method of a gRPC name stays as long as there is space", (width, shown) => {
  const name = "baton.dice.v1.DiceService/StreamRolls";
  const [, , line = ""] = render({ width }, { id: "1" }, { id: "2", parent: "1", name }).split("\n");
  expect(line).toStartWith(`  ${shown}`);
  expect(Bun.stringWidth(line)).toBe(width);
});

test("a name that is no gRPC method is cut at its end", () => {
  const text = render({ width: 60 }, { id: "1", name: "GET /rolldice/tally/of/many/players" });
  expect(text).toContain("front  GET /rolldice/tall…");
});

test("what was sent cannot drive the terminal", () => {
  const evil = "\x1b[2J\x1b]0;owned\x07\r\u202e";
  const text = render(
    {},
    {
      id: evil,
      parent: evil,
      name: evil,
      service: evil,
      tags: { "otel.status_code": "ERROR", "otel.status_description": evil },
      events: [{ name: evil, at: 1, tags: { [evil]: evil } }],
      links: [evil],
    },
    { id: "orphan", parent: `x${evil}` },
  );
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});

test("orphans and circles say what they are", () => {
  const text = render({}, { id: "1" }, { id: "2", parent: "gone" }, { id: "3", parent: "3" });
  expect(text).toContain("?? its parent gone is not in the trace:\nfront  2");
  expect(text).toContain("?? it is its own ancestor:\nfront  3");
});

test("a span that starts before its trace's root, as with clocks that differ, stays within the picture", () => {
  const text = render(
    { width: 80 },
    { id: "1", start: 5000, duration: 1000 },
    { id: "2", parent: "1", start: 1, duration: 9000 },
  );
  expect(text).toContain("▕█████████████");
  for (const line of text.split("\n").slice(1)) expect(Bun.stringWidth(line)).toBe(80);
});

test("a trace whose spans take no time, and a trace without spans, are drawn", () => {
  expect(render({}, { id: "1", duration: 0 })).toContain("0µs ▕▏");
  expect(render({})).toBe("trace t · 0 spans");
});
