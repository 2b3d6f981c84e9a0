import { expect, test } from "bun:test";
import { assignHues, HUES } from "./colour.ts";

test("a service has the same hue whatever others there are", () => {
  const names = Array.from({ length: 200 }, (_, index) => `service-${index}`);
  const all = assignHues(names);
  for (const name of names) expect(assignHues([name]).get(name)).toBe(all.get(name) ?? -1);
});

test("names spread over all hues, and the two services of this project differ", () => {
  const names = Array.from({ length: 20 * HUES }, (_, index) => `service-${index}`);
  const hues = [...assignHues(names).values()];
  expect(new Set(hues).size).toBe(HUES);
  for (const hue of hues) expect(hue).toBeWithin(0, HUES);
  expect(new Set(assignHues(["front", "back", "viewer", "lab"]).values()).size).toBe(4);
});

test("the style sheet has each hue", async () => {
  const css = await Bun.file(new URL("../style/base.css", import.meta.url)).text();
  const defined = [...css.matchAll(/\.hue-(\d+) \{\s+--hue: (\d+);/g)].map(([, slot, angle]) => [Number(slot), angle]);
  expect(defined.map(([slot]) => slot)).toEqual(Array.from({ length: HUES }, (_, slot) => slot));
  expect(new Set(defined.map(([, angle]) => angle)).size).toBe(HUES);
});
