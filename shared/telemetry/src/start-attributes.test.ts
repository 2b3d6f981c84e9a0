/** Attributes that a span starts with are made only where a sampler, a processor or a recorded span has them. */
import { describe, expect, test } from "bun:test";
import { type Attributes, trace } from "@opentelemetry/api";
import { AlwaysOffSampler, type ReadableSpan, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { tracedHandler } from "./http/index.ts";
import { withSpan } from "./span.ts";
import type { TelemetryOptions } from "./start.ts";
import { startReporting } from "./start-reporting.fixture.ts";

const processor: SpanProcessor = {
  onStart: () => {},
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
const never = { OTEL_TRACES_SAMPLER: "always_off" };

/** Answers one request. @returns the attributes of its span in the handler, and how often the hook was called. */
async function serve(env: Readonly<Record<string, string>>, options: Partial<TelemetryOptions> = {}) {
  await using started = startReporting(env, options);
  let calls = 0;
  let attributes: Attributes | undefined;
  const startAttributes = (): Attributes => {
    calls += 1;
    return { "shop.tenant": "a" };
  };
  const handle = tracedHandler(started.telemetry, { startAttributes, capturedRequestHeaders: ["x-tenant"] })(() => {
    const { attributes: soFar } = trace.getActiveSpan() as unknown as Partial<ReadableSpan>;
    attributes = soFar && { ...soFar };
    return new Response();
  });
  handle(new Request("http://localhost:81/a?b=1", { headers: { "x-tenant": "b", "user-agent": "c" } }));
  return { calls, attributes };
}

describe("a span that is dropped has its attributes made", () => {
  test.each([
    ["not for a sampler of the environment", never, {}, 0],
    ["for a sampler of the program, which may look at them", {}, { sampler: new AlwaysOffSampler() }, 1],
    ["for a processor of the program", never, { spanProcessors: [processor] }, 1],
  ] as const)("%s", async (_who, env, options, calls) => {
    expect(await serve(env, options)).toEqual({ calls, attributes: undefined });
  });
});

test("a recorded span has the same attributes either way", async () => {
  const attributes = {
    "http.request.method": "GET",
    "url.scheme": "http",
    "url.path": "/a",
    "url.query": "b=1",
    "server.address": "localhost",
    "server.port": 81,
    "user_agent.original": "c",
    "http.request.header.x-tenant": ["b"],
    "shop.tenant": "a",
  };
  expect(await serve({})).toEqual({ calls: 1, attributes });
  expect(await serve({}, { spanProcessors: [processor] })).toEqual({ calls: 1, attributes });
});

test("no stack is formatted for a span that is dropped", async () => {
  await using started = startReporting(never);
  let reads = 0;
  const error = Object.defineProperty(new Error("no"), "stack", {
    get: () => {
      reads += 1;
      return "";
    },
  });
  const fail = () =>
    withSpan(started.telemetry, "work", () => {
      throw error;
    });
  expect(fail).toThrow(error);
  expect(reads).toBe(0);
});
