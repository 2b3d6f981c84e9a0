import { expect, test } from "bun:test";
import { describeDropped, describeFlags } from "./span-flags.ts";

test.each([
  [0, ""],
  [0x1, "01: sampled"],
  [0x100, "00: not sampled, parent in the same process"],
  [0x303, "03: sampled, random trace id, parent in another process"],
])("flags %p are %p", (flags, text) => expect(describeFlags(flags)).toBe(text));

test("what was left out is counted", () => {
  const none = { dropped: { attributes: 0, events: 0, links: 0 }, events: [], links: [] };
  expect(describeDropped(none)).toBe("");
  const events = [{ name: "", timeMicros: 0, attributes: [], droppedAttributes: 2 }];
  expect(describeDropped({ ...none, dropped: { attributes: 1, events: 3, links: 0 }, events })).toBe(
    "The sender left out 1 attribute, 3 events, 2 attributes of its events: its limits are lower than what was set.",
  );
});
