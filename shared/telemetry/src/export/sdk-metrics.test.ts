import { describe, expect, test } from "bun:test";
import { startTestTelemetry } from "../testing.ts";

describe("https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/", () => {
  test("spans are counted from their start to their export", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const { telemetry, metrics, shutdown } = startTestTelemetryExporting(`http://localhost:${server.port}`);
    const open = telemetry.tracer.startSpan("open");
    for (let count = 0; count < 30; count += 1) telemetry.tracer.startSpan("short").end();
    const before = values(await metrics());
    expect(before).toMatchObject({
      "otel.sdk.span.started none RECORD_AND_SAMPLE": 31,
      "otel.sdk.span.live RECORD_AND_SAMPLE": 1,
      "otel.sdk.processor.span.queue.size batching_span_processor": 20,
      "otel.sdk.processor.span.queue.capacity batching_span_processor": 20,
      "otel.sdk.processor.span.processed batching_span_processor queue_full": 10,
    });
    await telemetry.flush();
    open.end();
    expect(values(await metrics())).toMatchObject({
      "otel.sdk.span.live RECORD_AND_SAMPLE": 0,
      "otel.sdk.processor.span.queue.size batching_span_processor": 1,
      "otel.sdk.processor.span.processed batching_span_processor": 20,
      "otel.sdk.exporter.span.exported otlp_http_span_exporter": 20,
      "otel.sdk.exporter.span.inflight otlp_http_span_exporter": 0,
    });
    await shutdown();
    await server.stop(true);
  });

  test("what could not be exported is counted under its cause", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response(null, { status: 400 }) });
    const { telemetry, metrics, shutdown } = startTestTelemetryExporting(`http://localhost:${server.port}`);
    telemetry.tracer.startSpan("lost").end();
    await telemetry.flush();
    expect(values(await metrics())).toMatchObject({
      "otel.sdk.exporter.span.exported otlp_http_span_exporter": 0,
      "otel.sdk.exporter.span.exported otlp_http_span_exporter 400": 1,
    });
    await shutdown();
    await server.stop(true);
  });

  test("spans that are not recorded are counted too", async () => {
    const { telemetry, metrics, shutdown } = startTestTelemetry({ env: { OTEL_TRACES_SAMPLER: "always_off" } });
    telemetry.tracer.startSpan("dropped").end();
    expect(values(await metrics())).toMatchObject({ "otel.sdk.span.started none DROP": 1 });
    await shutdown();
  });
});

/** Metrics in memory, spans over OTLP in a queue of 20. */
function startTestTelemetryExporting(url: string) {
  return startTestTelemetry({
    env: {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_MAX_QUEUE_SIZE: "20",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "20",
    },
  });
}

/** `name attribute-values` to value; names of instances left out. */
function values(
  metrics: Awaited<ReturnType<ReturnType<typeof startTestTelemetry>["metrics"]>>,
): Record<string, unknown> {
  const entries = metrics.flatMap(({ name, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => {
      const words = Object.values(attributes).filter((word) => !String(word).includes("/"));
      return [[name, ...words].join(" "), value];
    }),
  );
  return Object.fromEntries(entries);
}
