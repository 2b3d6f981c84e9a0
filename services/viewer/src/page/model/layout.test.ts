import { describe, expect, test } from "bun:test";
import { axisTicks, placeAt, placeBar, timeWindow } from "./layout.ts";

const window = { start: 1_000, duration: 100 };

test("the window reaches from the first start to the last end, a child outside its parent included", () => {
  const parent = { start: 1_000, duration: 50 };
  const skewed = { start: 990, duration: 80 };
  expect(timeWindow([parent, skewed])).toEqual({ start: 990, duration: 80 });
  expect(timeWindow([])).toEqual({ start: 0, duration: 0 });
});

describe("placeBar", () => {
  test("is in percent of the window", () => {
    expect(placeBar({ start: 1_010, duration: 20 }, window)).toEqual({ left: 10, width: 20, label: "after" });
  });
  test("keeps the label inside of the axis", () => {
    expect(placeBar({ start: 1_000, duration: 100 }, window).label).toBe("inside");
    expect(placeBar({ start: 1_090, duration: 10 }, window).label).toBe("before");
    expect(placeBar({ start: 1_100, duration: 0 }, window).label).toBe("before");
  });
  test("never leaves the axis", () => {
    expect(placeBar({ start: 0, duration: 1e9 }, window)).toMatchObject({ left: 0, width: 100 });
    expect(placeBar({ start: 1_050, duration: -3 }, window)).toMatchObject({ left: 50, width: 0 });
  });
  test("of a trace of no length lies at its start", () => {
    expect(placeBar({ start: 5, duration: 0 }, { start: 5, duration: 0 })).toMatchObject({ left: 0, width: 0 });
    expect(placeAt(7, { start: 5, duration: 0 })).toBe(0);
  });
});

describe("axisTicks", () => {
  test.each([
    [100, 5, [0, 20, 40, 60, 80, 100]],
    [14_200, 4, [0, 5_000, 10_000]],
    [7, 3, [0, 5]],
    [1, 4, [0, 0.5, 1]],
    [0, 5, [0]],
  ])("over %p with at most %p", (duration, most, ticks) => expect(axisTicks(duration, most)).toEqual(ticks));
});
