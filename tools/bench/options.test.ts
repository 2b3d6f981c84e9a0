import { expect, test } from "bun:test";
import { readOptions } from "./options.ts";

test("--check has the long runs, --short has none", () => {
  expect(readOptions([])?.soak).toBeUndefined();
  expect(readOptions(["--soak"])?.soak).toEqual({ before: 200_000, during: 1_000_000 });
  expect(readOptions(["--check"])).toMatchObject({ outage: { before: 200_000, during: 160_000 }, latencySeconds: 300 });
  expect(readOptions(["--check", "--short"])?.outage).toBeUndefined();
});

test("a comparison with another checkout measures latency only when it is asked to", () => {
  const against = ["--against", new URL("../../", import.meta.url).pathname];
  expect(readOptions(against)?.latencySeconds).toBe(0);
  expect(readOptions([...against, "--latency-seconds", "20"])?.latencySeconds).toBe(20);
});

test.each([
  [["--rounds", "0"], "--rounds: not a whole number of 1 or more: 0"],
  [["--latency-seconds", "1.5"], "--latency-seconds: not a whole number of 0 or more: 1.5"],
  [["--only", "traced,speedy"], "--only: no variant speedy, only bare, traced,"],
  [["--against", "tmp/none"], "--against tmp/none: this is not a checkout of this repository"],
])("%p is refused", (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason);
});
