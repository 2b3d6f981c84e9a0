/** What is not configured is not loaded. */
import { expect, test } from "bun:test";
import { otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

const TRANSFORMER = "@opentelemetry/otlp-transformer";
const GRPC = "@grpc/grpc-js";
const PROMETHEUS = "@opentelemetry/exporter-prometheus";
const B3 = "@opentelemetry/propagator-b3";
const LOGS = "@opentelemetry/sdk-logs";
const PINO = "pino";
const none = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };

test.each([
  ["no exporter", none, []],
  ["OTLP over HTTP", {}, [TRANSFORMER]],
  // Spans are encoded by the project itself.
  ["spans over OTLP and gRPC", { ...none, OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, [GRPC]],
  [
    "metrics over OTLP and gRPC",
    { ...none, OTEL_METRICS_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    [TRANSFORMER, GRPC],
  ],
  ["Prometheus", { ...none, OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: "0" }, [PROMETHEUS]],
  ["B3", { ...none, OTEL_PROPAGATORS: "b3" }, [B3]],
  ["a logger, without an exporter", { ...none, APP_LOGS: "1" }, [PINO]],
  ["a logger, over OTLP", { ...none, OTEL_LOGS_EXPORTER: "otlp", APP_LOGS: "1" }, [PINO, LOGS, TRANSFORMER]],
])("%s", async (_name, env, expected) => {
  await using sink = startOtlpSink();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/loaded.ts`], {
    env: { ...otlpEnvironment(sink.url), ...env },
    stderr: "inherit",
  });
  // After what telemetry says of itself, for which no logger is loaded.
  const lines = (await child.stdout.text()).trim().split("\n");
  const loaded: string[] = JSON.parse(lines.at(-1) ?? "");
  expect(await child.exited).toBe(0);
  expect(loaded).toContain("@opentelemetry/api");
  const optional = [TRANSFORMER, GRPC, PROMETHEUS, B3, LOGS, PINO];
  expect(loaded.filter((name) => optional.includes(name)).sort()).toEqual([...expected].sort());
});
