import { afterEach, expect, test } from "bun:test";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { guardHook } from "./hooks.ts";

const errors: string[] = [];
const ignore = () => {};
const logger: DiagLogger = {
  error: (message) => errors.push(message),
  warn: ignore,
  info: ignore,
  debug: ignore,
  verbose: ignore,
};
afterEach(() => diag.disable());

test("a hook's own value is used; one that throws is reported once, by name, and the default is used", () => {
  diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const fail = () => {
    throw new Error("oops");
  };
  const byDefault = (given: string) => `default of ${given}`;
  expect(guardHook("test hook", undefined, byDefault)("x")).toBe("default of x");
  expect(guardHook("test hook", (given: string) => `mine of ${given}`, byDefault)("x")).toBe("mine of x");
  const failing = guardHook<[string], string>("test hook", fail, byDefault);
  expect([failing("x"), failing("y")]).toEqual(["default of x", "default of y"]);
  expect(errors).toEqual(["the hook test hook threw, its default is used instead (reported once): Error: oops"]);
});
