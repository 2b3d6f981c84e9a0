/** What is not configured is not loaded. */
import { expect, test } from "bun:test";
import { otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

const TRANSFORMER = "@opentelemetry/otlp-transformer";
const GRPC = "@grpc/grpc-js";
const PROMETHEUS = "@opentelemetry/exporter-prometheus";
const B3 = "@opentelemetry/propagator-b3";
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
])("%s", async (_name, env, expected) => {
  await using sink = startOtlpSink();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/loaded.ts`], {
    env: { ...otlpEnvironment(sink.url), ...env },
    stderr: "inherit",
  });
  const loaded: string[] = await child.stdout.json();
  expect(await child.exited).toBe(0);
  expect(loaded).toContain("@opentelemetry/api");
  const optional = [TRANSFORMER, GRPC, PROMETHEUS, B3];
  expect(loaded.filter((name) => optional.includes(name)).sort()).toEqual([...expected].sort());
});
