import { describe, expect, test } from "bun:test";
import { startReporting } from "./start-reporting.fixture.ts";

describe("the start line", () => {
  test("says where each signal goes, how traces are sampled and which propagators are on", () => {
    const { lines } = startReporting({
      OTEL_TRACES_EXPORTER: "otlp,console",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:secret@collector.example/base?key=secret",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs.example:4317",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
      OTEL_PROPAGATORS: "b3,tracecontext",
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: "info",
      fields: {
        traces: "https://collector.example/base/v1/traces (http/protobuf) and console",
        metrics: "none",
        logs: "http://logs.example:4317 (grpc)",
        sampler: "parentbased_traceidratio(0.5)",
        propagators: "b3,tracecontext",
      },
    });
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  test("is a JSON line on standard output by default", async () => {
    const child = Bun.spawn(
      [process.execPath, "-e", `(await import("${import.meta.dir}/index.ts")).startTelemetry({ serviceName: "shop" })`],
      { env: { ...process.env, OTEL_METRICS_EXPORTER: "none" } },
    );
    const line = JSON.parse(await child.stdout.text());
    expect(line).toMatchObject({ level: "info", service: "shop", name: "@baton/telemetry" });
  });

  test("OTEL_LOG_LEVEL decides how much is said", () => {
    expect(
      startReporting({ OTEL_LOG_LEVEL: "warn", OTEL_TRACES_SAMPLER: "x" }).lines.map(({ level }) => level),
    ).toEqual(["warn"]);
    expect(startReporting({ OTEL_LOG_LEVEL: "none", OTEL_TRACES_SAMPLER: "x" }).lines).toEqual([]);
  });

  test("a sink that throws does not matter", () => {
    const onReport = (): never => {
      throw new Error("broken");
    };
    expect(() => startReporting({}, { onReport })).not.toThrow();
  });
});
