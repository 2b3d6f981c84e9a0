/** Many clients that leave in the middle of a stream: in both services every span that was started ends. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import { until } from "@baton/tools/until";
import { processTimeoutMs } from "../../support/stack.ts";
import { type ServiceProcess, startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

const CLIENTS = 600;

const METRICS = { OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: "0" };

test("clients of /rolldice/stream that leave after 5 ms", async () => {
  await using back = await startBack(METRICS);
  await using front = await startFront({ BACK_ADDRESS: back.address, ...METRICS });
  await front.line(/^back answers/);
  const frontMetrics = await metricsPortOf(front);
  const backMetrics = await metricsPortOf(back);

  await Promise.all(Array.from({ length: CLIENTS }, () => leaveSoon(new URL(front.url))));

  await until(
    "no span is live",
    async () => (await liveSpans(frontMetrics)) === 0 && (await liveSpans(backMetrics)) === 0,
  );
  const metrics = await readMetrics(frontMetrics);
  expect(sumOf(metrics, /^http_server_request_duration_seconds_count\{/)).toBe(CLIENTS);
  // Each request made one call, and each call is in the metric.
  const calls = sumOf(metrics, /^otel_sdk_span_started_total\{.*otel_span_parent_origin="local"/);
  expect(calls).toBeGreaterThan(0);
  expect(sumOf(metrics, /^rpc_client_call_duration_seconds_count\{/)).toBe(calls);
});

/** Sends a request and closes the connection 5 ms later, as a browser does whose page is closed. */
async function leaveSoon({ port }: URL): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(Number(port), "127.0.0.1", () => {
    socket.write("GET /rolldice/stream HTTP/1.1\r\nhost: localhost\r\n\r\n");
    setTimeout(() => socket.destroy(), 5);
  });
  socket.on("close", () => resolve()).on("error", reject);
  await promise;
}

async function readMetrics(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

async function liveSpans(port: number): Promise<number> {
  const metrics = await readMetrics(port);
  // None before the first span has ended or started.
  expect(metrics).toContain("otel_sdk_span_live{");
  return sumOf(metrics, /^otel_sdk_span_live\{/);
}

function sumOf(metrics: string, series: RegExp): number {
  const lines = metrics.split("\n").filter((line) => series.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function metricsPortOf(service: ServiceProcess): Promise<number> {
  return Number((await service.line(/^Prometheus metrics at/)).port);
}
