import { describe, expect, test } from "bun:test";
import type { Span } from "@opentelemetry/api";
import type { TelemetryOptions } from "./start.ts";
import { startReporting } from "./start-reporting.fixture.ts";

describe("who is speaking", () => {
  const resourceOf = (span: Span): Readonly<Record<string, unknown>> =>
    (span as unknown as { resource: { attributes: Record<string, unknown> } }).resource.attributes;
  const attributes = (env: Readonly<Record<string, string>>, options: Partial<TelemetryOptions> = {}) =>
    resourceOf(startReporting(env, options).telemetry.tracer.startSpan("a"));

  test("the environment has the last word on the name", () => {
    const named = { OTEL_RESOURCE_ATTRIBUTES: "service.name=attribute" };
    expect(startReporting({}).telemetry.serviceName).toBe("shop");
    expect(startReporting(named).telemetry.serviceName).toBe("attribute");
    expect(startReporting({ ...named, OTEL_SERVICE_NAME: "name" }).telemetry.serviceName).toBe("name");
    expect(attributes({ ...named, OTEL_SERVICE_NAME: "name" })["service.name"]).toBe("name");
  });

  test("and on the version, while the program's own attributes win over the environment's", () => {
    const options = { serviceVersion: "1", resourceAttributes: { "deployment.environment.name": "program" } };
    const env = { OTEL_RESOURCE_ATTRIBUTES: "service.version=2,deployment.environment.name=env,team=a" };
    expect(attributes({}, options)["service.version"]).toBe("1");
    expect(attributes(env, options)).toMatchObject({
      "service.version": "2",
      "deployment.environment.name": "program",
      team: "a",
    });
  });

  test("what is detected can be chosen, and is never the command line", () => {
    expect(Object.keys(attributes({ OTEL_NODE_RESOURCE_DETECTORS: "none" })).sort()).toEqual([
      "service.name",
      "telemetry.sdk.language",
      "telemetry.sdk.name",
      "telemetry.sdk.version",
    ]);
    const all = attributes({});
    expect(all).toMatchObject({ "process.pid": process.pid, "process.runtime.name": "bun" });
    expect(all["service.instance.id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.keys(all).filter((key) => key.includes("command"))).toEqual([]);
  });
});
