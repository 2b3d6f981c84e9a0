import { expect, test } from "bun:test";
import { between, isIn, isWhole, zoom } from "./zoom.ts";

const WHOLE = { start: 100, duration: 80 };

test("nearer is half as long around a moment, which keeps its place", () => {
  expect(zoom(WHOLE, WHOLE, "in")).toEqual({ start: 120, duration: 40 });
  expect(zoom(WHOLE, WHOLE, "in", 100)).toEqual({ start: 100, duration: 40 });
  expect(zoom({ start: 100, duration: 40 }, WHOLE, "in", 170)).toEqual({ start: 160, duration: 20 });
});

test("further is twice as long, and never more than the whole", () => {
  expect(zoom({ start: 160, duration: 20 }, WHOLE, "out")).toEqual({ start: 140, duration: 40 });
  expect(zoom({ start: 110, duration: 60 }, WHOLE, "out")).toEqual(WHOLE);
});

test("between two moments goes either way, and has a length", () => {
  expect(between(150, 120, WHOLE)).toEqual({ start: 120, duration: 30 });
  expect(between(0, 999, WHOLE)).toEqual(WHOLE);
  expect(between(180, 180, WHOLE)).toEqual({ start: 179, duration: 1 });
});

test("a span is in the window when a part of it is", () => {
  const window = { start: 120, duration: 20 };
  expect([0, 100, 121, 141].map((start) => isIn({ start, duration: 20 }, window))).toEqual([false, true, true, false]);
  expect([isWhole(window, WHOLE), isWhole(WHOLE, WHOLE)]).toEqual([false, true]);
});
