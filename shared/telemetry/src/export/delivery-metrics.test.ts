import { describe, expect, test } from "bun:test";
import { startReporting } from "../start-reporting.fixture.ts";
import { startTestTelemetry } from "../testing.ts";

describe("https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/", () => {
  test("spans are counted from their start to their export", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const { telemetry, metrics, shutdown } = startTestTelemetryExporting(`http://localhost:${server.port}`);
    const open = telemetry.tracer.startSpan("open");
    for (let count = 0; count < 50; count += 1) telemetry.tracer.startSpan("short").end();
    const before = values(await metrics());
    expect(before).toMatchObject({
      "otel.sdk.span.started none RECORD_AND_SAMPLE": 51,
      "otel.sdk.span.live RECORD_AND_SAMPLE": 1,
      "otel.sdk.processor.span.queue.size batching_span_processor": 20,
      "otel.sdk.processor.span.queue.capacity batching_span_processor": 20,
      "otel.sdk.processor.span.processed batching_span_processor queue_full": 10,
      "otel.sdk.exporter.span.inflight otlp_http_span_exporter": 20,
    });
    await telemetry.flush();
    open.end();
    expect(values(await metrics())).toMatchObject({
      "otel.sdk.span.live RECORD_AND_SAMPLE": 0,
      "otel.sdk.processor.span.queue.size batching_span_processor": 1,
      "otel.sdk.processor.span.processed batching_span_processor": 40,
      "otel.sdk.exporter.span.exported otlp_http_span_exporter": 40,
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

describe("the last export of metrics", () => {
  test.each([
    ["refused", () => new Response(null, { status: 400 }), 5000],
    ["never answered", () => new Promise<Response>(() => {}), 20],
  ])("says what was lost at the end because it was %s", async (_, answer, shutdownTimeoutMs) => {
    const bodies: ExportedMetrics[] = [];
    const server = Bun.serve({
      port: 0,
      idleTimeout: 0,
      fetch: async (request) => {
        if (new URL(request.url).pathname === "/v1/traces") return answer();
        bodies.push((await request.json()) as ExportedMetrics);
        return new Response();
      },
    });
    const env = {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}`,
    };
    const { telemetry } = startReporting(env, { shutdownTimeoutMs });
    for (let count = 0; count < 77; count += 1) telemetry.tracer.startSpan("lost").end();
    await telemetry.shutdown();
    await server.stop(true);
    const metrics = bodies.flatMap(({ resourceMetrics }) => resourceMetrics.flatMap((one) => one.scopeMetrics));
    const exported = metrics.flatMap((scope) => scope.metrics).filter(({ name }) => name === EXPORTED);
    expect(exported).toHaveLength(1);
    expect(exported[0]?.sum?.dataPoints.map(({ asDouble }) => asDouble)).toEqual([0, 77]);
  });

  test("is made also where a processor never ends its shutdown", async () => {
    const { promise: exported, resolve } = Promise.withResolvers<string>();
    const server = Bun.serve({
      port: 0,
      fetch: (request) => {
        resolve(new URL(request.url).pathname);
        return new Response();
      },
    });
    const env = { OTEL_METRICS_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}` };
    const never = () => new Promise<void>(() => {});
    const processor = { onStart: () => {}, onEnd: () => {}, forceFlush: never, shutdown: never };
    const { telemetry } = startReporting(env, { spanProcessors: [processor], shutdownTimeoutMs: 20 });
    telemetry.tracer.startSpan("a").end();
    await telemetry.shutdown();
    expect(await exported).toBe("/v1/metrics");
    await server.stop(true);
  });

  test("is given up where the backend never answers it either", async () => {
    const server = Bun.serve({ port: 0, idleTimeout: 0, fetch: () => new Promise<Response>(() => {}) });
    const env = {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}`,
    };
    const { telemetry, lines } = startReporting(env, { shutdownTimeoutMs: 20 });
    telemetry.tracer.startSpan("lost").end();
    await telemetry.shutdown();
    expect(
      lines.map(({ message }) => message).filter((message) => message.includes("exports of metrics")),
    ).not.toBeEmpty();
    await server.stop(true);
  });
});

const EXPORTED = "otel.sdk.exporter.span.exported";

interface ExportedMetrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly sum?: { readonly dataPoints: { asDouble: number }[] };
      }[];
    }[];
  }[];
}

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
