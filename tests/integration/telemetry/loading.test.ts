/** What is not configured is not loaded. */
import { expect, test } from "bun:test";
import { otlpEnvironment } from "./otlp-sink.ts";

const OTLP = "@opentelemetry/otlp-exporter-base";
const GRPC = "@grpc/grpc-js";
const PROMETHEUS = "@opentelemetry/exporter-prometheus";
const B3 = "@opentelemetry/propagator-b3";
const LOGS = "@opentelemetry/sdk-logs";
const PINO = "pino";
const exporter = (signal: string, kind: string): string => `@opentelemetry/exporter-${signal}-otlp-${kind}`;
const none = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
const spans = { ...none, OTEL_TRACES_EXPORTER: "otlp" };

test.each([
  ["no exporter", none, []],
  ["spans as protobuf", { ...spans, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, [OTLP, exporter("trace", "proto")]],
  ["spans as JSON", { ...spans, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, [OTLP, exporter("trace", "http")]],
  ["spans over gRPC", { ...spans, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, [OTLP, GRPC, exporter("trace", "grpc")]],
  ["metrics as JSON", { ...none, OTEL_METRICS_EXPORTER: "otlp" }, [OTLP, exporter("metrics", "http")]],
  ["Prometheus", { ...none, OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: "0" }, [PROMETHEUS]],
  ["B3", { ...none, OTEL_PROPAGATORS: "b3" }, [B3]],
  ["a logger, without an exporter", { ...none, APP_LOGS: "1" }, [PINO]],
  [
    "a logger, over OTLP",
    { ...none, OTEL_LOGS_EXPORTER: "otlp", APP_LOGS: "1" },
    [PINO, LOGS, OTLP, exporter("logs", "http")],
  ],
])("%s", async (_name, env, expected) => {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/loaded.ts`], {
    env: { ...otlpEnvironment(`http://localhost:${server.port}`), ...env },
    stderr: "inherit",
  });
  // After what telemetry says of itself, for which no logger is loaded.
  const lines = (await child.stdout.text()).trim().split("\n");
  const loaded: string[] = JSON.parse(lines.at(-1) ?? "");
  expect(await child.exited).toBe(0);
  await server.stop(true);
  expect(loaded).toContain("@opentelemetry/api");
  const optional = [OTLP, GRPC, PROMETHEUS, B3, LOGS, PINO];
  const isOptional = (name: string): boolean => optional.includes(name) || name.includes("/exporter-");
  expect(loaded.filter(isOptional).sort()).toEqual([...expected].sort());
});
