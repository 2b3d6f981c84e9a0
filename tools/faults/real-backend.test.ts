import { expect, test } from "bun:test";
import { findJaeger } from "./real-backend.ts";

test("a Jaeger that is named has to be there", () => {
  expect(findJaeger(undefined)).toBeUndefined();
  expect(findJaeger("")).toBeUndefined();
  expect(findJaeger(process.execPath)).toBe(process.execPath);
  expect(() => findJaeger("/no/such/jaeger")).toThrow("BATON_REAL_JAEGER names no program: /no/such/jaeger");
});
