import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { trace } from "@opentelemetry/api";
import { withSpan } from "./span.ts";
import { startTestTelemetry } from "./testing.ts";
import { errorType } from "./thrown.ts";

const inMemory = startTestTelemetry();
const { telemetry } = inMemory;
beforeEach(() => inMemory.reset());
afterAll(() => inMemory.shutdown());

describe("withSpan", () => {
  test("returns what the function returns, at once or later", async () => {
    expect(withSpan(telemetry, "now", () => 1)).toBe(1);
    expect(await withSpan(telemetry, "later", async () => 2)).toBe(2);
    expect(inMemory.spans().map(({ name, status }) => [name, status])).toEqual([
      ["now", "UNSET"],
      ["later", "UNSET"],
    ]);
  });

  test("is active inside, also after an await, and no longer outside", async () => {
    await withSpan(telemetry, "outer", async (outer) => {
      await Promise.resolve();
      expect(trace.getActiveSpan()).toBe(outer);
      withSpan(telemetry, "inner", () => {});
    });
    expect(trace.getActiveSpan()).toBeUndefined();
    const [inner, outer] = inMemory.spans();
    expect(inner?.parentSpanId).toBe(outer?.spanId as string);
  });

  test("kind, attributes and links are there from the start", () => {
    const link = {
      context: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", traceFlags: 1 },
    };
    withSpan(telemetry, "x", { kind: 4, attributes: { a: 1 }, links: [link] }, () => {});
    const [span] = inMemory.spans();
    expect([span?.kind, span?.attributes, span?.links[0]?.context.spanId]).toEqual([
      "CONSUMER",
      { a: 1 },
      "00f067aa0ba902b7",
    ]);
  });

  test.each([
    [
      "thrown",
      () =>
        withSpan(telemetry, "x", () => {
          throw new RangeError("too far");
        }),
    ],
    ["rejected", () => withSpan(telemetry, "x", () => Promise.reject(new RangeError("too far")))],
  ])("what is %s is recorded and goes on unchanged", async (_how, run) => {
    const error = await (async () => run())().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    const [span] = inMemory.spans();
    expect([span?.status, span?.statusMessage, span?.attributes["error.type"]]).toEqual([
      "ERROR",
      "too far",
      "RangeError",
    ]);
    expect(span?.events.map(({ name, attributes }) => [name, attributes["exception.message"]])).toEqual([
      ["exception", "too far"],
    ]);
  });

  test("the secrets of a URL in a message are not recorded, and the error goes on unchanged", () => {
    const fail = () => {
      throw new TypeError("no answer from http://admin:s3cret@db/?token=s3cret");
    };
    expect(() => withSpan(telemetry, "x", fail)).toThrow("admin:s3cret@db");
    const [span] = inMemory.spans();
    expect(JSON.stringify(span)).not.toContain("s3cret");
    expect(span?.statusMessage).toBe("no answer from http://REDACTED:REDACTED@db/?token=REDACTED");
  });

  test("an abort is not a failure", async () => {
    await withSpan(telemetry, "x", async () => AbortSignal.abort().throwIfAborted()).catch(() => {});
    expect(inMemory.spans().map(({ status, events }) => [status, events])).toEqual([["UNSET", []]]);
  });

  test("refuses to run without a function", () => {
    expect(() => withSpan(telemetry, "x", {}, undefined as never)).toThrow(
      'withSpan("x"): the last argument must be the function to run',
    );
  });
});

test.each([
  [Object.assign(new Error("x"), { code: "ECONNRESET" }), "ECONNRESET"],
  [new TypeError("x"), "TypeError"],
  [Object.assign(new Error("x"), { code: "two words" }), "Error"],
  [Object.assign(new Error("x"), { code: 5 }), "Error"],
  ["a string", "_OTHER"],
  [undefined, "_OTHER"],
])("error.type of %p is %s", (error, type) => {
  expect(errorType(error)).toBe(type);
});
