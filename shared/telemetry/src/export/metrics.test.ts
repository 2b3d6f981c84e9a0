import { afterAll, describe, expect, test } from "bun:test";
import { startTelemetry } from "../start.ts";
import { startTestTelemetry } from "../testing.ts";

const cleanUp: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of cleanUp) await close();
});

interface OtlpMetric {
  readonly name: string;
  readonly sum?: { readonly aggregationTemporality: number; readonly dataPoints: readonly { asInt?: number }[] };
  readonly histogram?: { readonly aggregationTemporality: number };
  readonly exponentialHistogram?: { readonly aggregationTemporality: number };
}

const CUMULATIVE = 2;
const DELTA = 1;

/** Starts a telemetry that exports metrics to a receiver here, records one of each kind, and returns what arrived. */
async function exported(env: Readonly<Record<string, string>>): Promise<Map<string, OtlpMetric>> {
  const found = new Map<string, OtlpMetric>();
  const server = Bun.serve({
    port: 0,
    fetch: async (request) => {
      const { resourceMetrics } = (await request.json()) as {
        resourceMetrics: { scopeMetrics: { metrics: OtlpMetric[] }[] }[];
      };
      const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      for (const metric of metrics) found.set(metric.name, metric);
      return Response.json({});
    },
  });
  cleanUp.push(() => server.stop(true));
  const telemetry = startTelemetry({
    serviceName: "test",
    register: false,
    onReport: () => {},
    env: {
      OTEL_TRACES_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}`,
      ...env,
    },
  });
  telemetry.meter.createCounter("counter").add(1);
  telemetry.meter.createUpDownCounter("up-down").add(1);
  telemetry.meter.createHistogram("histogram").record(1);
  telemetry.meter.createObservableCounter("observable").addCallback((result) => result.observe(1));
  await telemetry.shutdown();
  return found;
}

describe("https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/", () => {
  test.each([
    ["cumulative", CUMULATIVE, CUMULATIVE, CUMULATIVE],
    ["delta", DELTA, DELTA, DELTA],
    ["lowmemory", DELTA, DELTA, CUMULATIVE],
  ])("TEMPORALITY_PREFERENCE=%s", async (preference, counter, histogram, observable) => {
    const metrics = await exported({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference });
    expect(metrics.get("counter")?.sum?.aggregationTemporality).toBe(counter);
    expect(metrics.get("histogram")?.histogram?.aggregationTemporality).toBe(histogram);
    expect(metrics.get("observable")?.sum?.aggregationTemporality).toBe(observable);
    expect(metrics.get("up-down")?.sum?.aggregationTemporality).toBe(CUMULATIVE);
  });

  test("DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram", async () => {
    const variable = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    const metrics = await exported({ [variable]: "base2_exponential_bucket_histogram" });
    expect(metrics.get("histogram")).toHaveProperty("exponentialHistogram");
    expect(metrics.get("counter")).toHaveProperty("sum");
  });
});

test("OTEL_METRIC_EXPORT_INTERVAL sends by itself", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = Bun.serve({
    port: 0,
    fetch: (request) => {
      resolve(new URL(request.url).pathname);
      return new Response();
    },
  });
  const telemetry = startTelemetry({
    serviceName: "test",
    register: false,
    onReport: () => {},
    env: {
      OTEL_METRIC_EXPORT_INTERVAL: "10",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}`,
    },
  });
  telemetry.meter.createCounter("counter").add(1);
  expect(await promise).toBe("/v1/metrics");
  await telemetry.shutdown();
  await server.stop(true);
});

describe("OTEL_METRICS_EXPORTER=prometheus", () => {
  const start = (env: Readonly<Record<string, string>>) => {
    const lines: { level: string; message: string; port: unknown }[] = [];
    const telemetry = startTelemetry({
      serviceName: "shop",
      register: false,
      env: { OTEL_METRICS_EXPORTER: "prometheus", OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", ...env },
      onReport: (level, message, fields) => void lines.push({ level, message, port: fields?.port }),
    });
    return { telemetry, lines, port: lines.find(({ port }) => port !== undefined)?.port };
  };

  test("serves the metrics as text, and stops with the telemetry", async () => {
    const { telemetry, port } = start({ OTEL_EXPORTER_PROMETHEUS_PORT: "0" });
    telemetry.meter.createCounter("orders", { unit: "{order}" }).add(3, { kind: "online" });
    const response = await fetch(`http://localhost:${port}/metrics`);
    expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
    const page = await response.text();
    expect(page).toMatch(/^orders_total\{kind="online".*\} 3/m);
    expect(page).toContain('service_name="shop"');
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(404);
    await telemetry.shutdown();
    await expect(fetch(`http://localhost:${port}/metrics`)).rejects.toThrow();
  });

  test("a port that is taken is reported, and the service goes on", async () => {
    const first = start({ OTEL_EXPORTER_PROMETHEUS_PORT: "0" });
    const second = start({ OTEL_EXPORTER_PROMETHEUS_PORT: String(first.port) });
    expect(second.lines.map(({ level }) => level)).toContain("error");
    second.telemetry.meter.createCounter("orders").add(1);
    await Promise.all([first.telemetry.shutdown(), second.telemetry.shutdown()]);
  });
});

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
