import { expect, test } from "bun:test";
import { shownValue } from "./captured-headers.ts";

test("a header is shown without the values of private keys of its baggage, and not without end", () => {
  const baggage = "dice.table=blue,user.email=ann@example.com";
  expect(shownValue("baggage", baggage)).toBe("dice.table=blue,user.email=REDACTED");
  expect(shownValue("tracestate", baggage)).toBe(baggage);
  expect(shownValue("tracestate", "x".repeat(600))).toBe(`${"x".repeat(512)}…`);
});
