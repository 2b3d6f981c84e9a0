import { expect, test } from "bun:test";
import { lastWrongAfter, requireFault } from "./back.ts";

test("a fault in the way of no request was not made", () => {
  expect(() => requireFault({})).toThrow("the fault was not made");
  expect(() => requireFault({ "status 503": 1 })).not.toThrow();
});

test("an answer that is wrong after the fault counts, also where its request was sent before", () => {
  const samples = [
    { pair: 0, sentAt: 100, ms: 50, wrong: "status 503" },
    { pair: 0, sentAt: 900, ms: 2000, wrong: "status 504" },
    { pair: 0, sentAt: 2950, ms: 10 },
  ];
  expect(lastWrongAfter(samples, 1000)).toBe(1900);
  expect(lastWrongAfter(samples, 2900)).toBe(0);
});
