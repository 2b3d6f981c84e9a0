import { afterEach, expect, test } from "bun:test";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { callHook } from "./hooks.ts";

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
  expect(callHook("test hook", () => "mine", [], "default")).toBe("mine");
  expect([callHook("test hook", fail, [], "default"), callHook("test hook", fail, [], "default")]).toEqual([
    "default",
    "default",
  ]);
  expect(errors).toEqual(["the hook test hook threw, its default is used instead (reported once): Error: oops"]);
});
