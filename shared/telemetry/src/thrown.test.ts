import { describe, expect, test } from "bun:test";
import { withSpan } from "./span.ts";
import { startTestTelemetry } from "./testing.ts";
import { exceptionOf } from "./thrown.ts";

const unreadable = (key: string): Error =>
  Object.defineProperty(new Error("failed"), key, {
    get: () => {
      throw new Error(`${key} cannot be read`);
    },
  });

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable(new Error("failed"), {});
  revoke();
  return proxy;
}

const odd: readonly (readonly [string, unknown])[] = [
  ["an object without a prototype", Object.create(null)],
  [
    "an object that throws when it is printed",
    {
      toString() {
        throw new Error("cannot be printed");
      },
    },
  ],
  ["a symbol", Symbol("failed")],
  ["undefined", undefined],
  ["an error whose message is undefined", Object.assign(new Error("failed"), { message: undefined })],
  ["an error whose message is an object", Object.assign(new Error("failed"), { message: { code: 1 } })],
  ["an error whose message is a symbol", Object.assign(new Error("failed"), { message: Symbol("failed") })],
  ["an error whose name is a number", Object.assign(new Error("failed"), { name: 5 })],
  ["a proxy that is revoked", revoked()],
  ...["name", "message", "stack", "code", "constructor"].map(
    (key) => [`an error whose ${key} cannot be read`, unreadable(key)] as const,
  ),
];

describe.each(odd)("%s", (_, thrown) => {
  test("is rethrown as it is, and its span is an error that has ended", async () => {
    const memory = startTestTelemetry();
    let caught: unknown;
    try {
      withSpan(memory.telemetry, "sync", () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }
    expect(Object.is(caught, thrown)).toBe(true);
    const rejected = await withSpan(memory.telemetry, "async", () => Promise.reject(thrown)).then(
      () => undefined,
      (error: unknown) => Object.is(error, thrown),
    );
    expect(rejected).toBe(true);
    expect(memory.spans().map(({ name, status }) => [name, status])).toEqual([
      ["sync", "ERROR"],
      ["async", "ERROR"],
    ]);
    await memory.shutdown();
  });
});

test("an error has its class, its message and its stack", () => {
  const { name, message, stack } = exceptionOf(new TypeError("failed"));
  expect([name, message]).toEqual(["TypeError", "failed"]);
  expect(stack).toContain("thrown.test.ts");
});
