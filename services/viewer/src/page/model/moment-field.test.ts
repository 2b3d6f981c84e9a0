import { expect, test } from "bun:test";
import { fromField, toField } from "./moment-field.ts";

const MICROS = "1700000000123456";

test("a moment goes into the field and comes back to the microsecond", () => {
  const field = toField(MICROS);
  expect(field).toMatch(/^2023-11-1[45]T\d\d:\d\d:20\.123$/);
  expect(fromField(field, MICROS)).toBe(MICROS);
  expect(fromField("2023-11-14T10:00", "1")).toBe(String(new Date("2023-11-14T10:00").getTime() * 1_000));
});

test("what the browser writes shorter is the same moment", () => {
  const whole = "1700000000000456";
  expect(fromField(toField(whole).replace(/\.000$/, ""), whole)).toBe(whole);
});

test("what is no moment is none", () => {
  expect([toField(""), toField("soon"), toField("999999999999999999"), fromField("", MICROS)]).toEqual([
    "",
    "",
    "",
    "",
  ]);
});
