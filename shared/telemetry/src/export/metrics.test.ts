import { afterAll, describe, expect, test } from "bun:test";
import { startTelemetry } from "../start.ts";
import { startReporting } from "../start-reporting.fixture.ts";

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

test("a receiver that hangs is reported once, also where the timeout is as long as the interval", async () => {
  const { promise: second, resolve } = Promise.withResolvers<void>();
  let requests = 0;
  const server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch: () => {
      requests += 1;
      if (requests === 2) resolve();
      return new Promise<Response>(() => {});
    },
  });
  const { telemetry, lines } = startReporting(
    {
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_METRIC_EXPORT_INTERVAL: "30",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}`,
    },
    { register: true, shutdownTimeoutMs: 20 },
  );
  telemetry.meter.createCounter("counter").add(1);
  await second;
  await telemetry.shutdown();
  await server.stop(true);
  expect(lines.slice(1).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Cannot send exports of metrics to .*: no answer within \d+ ms\./),
    expect.stringMatching(/^Stopped while exports of metrics could not be sent/),
  ]);
});
