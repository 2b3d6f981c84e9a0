import { expect, test } from "bun:test";
import { readBackConfig } from "./config.ts";

test("an empty environment gives the documented defaults", () => {
  expect(readBackConfig({})).toEqual({
    host: "127.0.0.1",
    port: 50_051,
    maxConnectionAgeMs: 0,
    shutdownTimeoutMs: 10_000,
    lab: false,
    problems: [],
  });
});

test("each variable is read", () => {
  const env = {
    BACK_HOST: "0.0.0.0",
    BACK_PORT: "0",
    BACK_MAX_CONNECTION_AGE_MS: "60000",
    SHUTDOWN_TIMEOUT_MS: "0",
    LAB: "1",
  };
  expect(readBackConfig(env)).toEqual({
    host: "0.0.0.0",
    port: 0,
    maxConnectionAgeMs: 60_000,
    shutdownTimeoutMs: 0,
    lab: true,
    problems: [],
  });
});

test("bad values are named and replaced", () => {
  const config = readBackConfig({ BACK_PORT: "many", SHUTDOWN_TIMEOUT_MS: "-5" });
  expect([config.port, config.shutdownTimeoutMs]).toEqual([50_051, 10_000]);
  expect(config.problems.map((problem) => problem.split("=")[0])).toEqual(["BACK_PORT", "SHUTDOWN_TIMEOUT_MS"]);
});
