import { describe, expect, test } from "bun:test";
import { readDemoConfig, UsageError } from "./config.ts";

describe("readDemoConfig", () => {
  test("asks for the documented ports, all scenarios and a viewer of its own", () => {
    expect(readDemoConfig([], {})).toEqual({
      help: false,
      once: false,
      only: undefined,
      show: "scenarios",
      json: false,
      ports: { front: 3000, back: 50_051, query: 16_686, otlpHttp: 4318, otlpGrpc: 4317 },
      backend: undefined,
      mayColour: true,
      traceTimeoutMs: 10_000,
    });
  });

  test("reads its options", () => {
    expect(readDemoConfig(["--once", "--only=tally"], {})).toMatchObject({ once: true, only: "tally" });
    for (const help of ["--help", "-h"]) expect(readDemoConfig([help], {}).help).toBe(true);
  });

  test.each([
    [["--twice"], {}, "--twice is not an option of the demo."],
    [["--only=poker"], {}, '"poker" is not a scenario of the demo.'],
    [[], { FRONT_PORT: "http" }, 'FRONT_PORT must be a whole number from 0 to 65535, not "http".'],
    [[], { VIEWER_PORT: "65536" }, 'VIEWER_PORT must be a whole number from 0 to 65535, not "65536".'],
  ])("refuses %j %j", (args, env: Record<string, string>, message) => {
    expect(() => readDemoConfig(args, env)).toThrow(new UsageError(message));
  });

  test.each([
    [{ NO_COLOR: "1" }, false],
    [{ NO_COLOR: "" }, true],
    [{ TERM: "dumb" }, false],
  ])("%j: colours %p", (env: Record<string, string>, mayColour) => {
    expect(readDemoConfig([], env).mayColour).toBe(mayColour);
  });

  test("uses a named backend only when both of its URLs are given", () => {
    const queryUrl = "http://jaeger:16686";
    const otlpUrl = "http://collector:4318";
    const named = { BATON_QUERY_URL: `${queryUrl}/`, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl };
    expect(readDemoConfig([], named).backend).toEqual({ queryUrl, otlpUrl });
    expect(readDemoConfig([], { BATON_QUERY_URL: queryUrl }).backend).toBeUndefined();
    expect(readDemoConfig([], { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl }).backend).toBeUndefined();
  });
});
