import { expect, test } from "bun:test";
import { assignHues, HUES } from "./colour.ts";

test("the same services get the same hues in any order", () => {
  const one = assignHues(["front", "back", "viewer"]);
  expect(assignHues(["viewer", "front", "back", "front"])).toEqual(one);
});

test("services have different hues while there are enough", () => {
  const names = Array.from({ length: HUES }, (_, index) => `service-${index}`);
  expect(new Set(assignHues(names).values()).size).toBe(HUES);
});

test("more services than hues is not an endless loop", () => {
  const names = Array.from({ length: 3 * HUES + 1 }, (_, index) => `service-${index}`);
  const hues = assignHues(names);
  expect(hues.size).toBe(names.length);
  for (const hue of hues.values()) expect(hue).toBeWithin(0, HUES);
});
