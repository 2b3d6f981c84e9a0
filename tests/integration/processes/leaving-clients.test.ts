/** Many clients that leave at once, on each kind of call: in both services every span that was started ends. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import { until } from "@baton/tools/until";
import { processTimeoutMs } from "../../support/stack.ts";
import { type ServiceProcess, startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

const METRICS = { OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: "0" };
const CLIENTS = 600;
const CALLS = /^rpc_client_call_duration_seconds_count\{/;

/** What a client sends before it leaves. Each makes another kind of call to back. */
const REQUESTS: readonly (readonly [string, string])[] = [
  ["GET /rolldice", "GET /rolldice?rolls=100 HTTP/1.1\r\nhost: localhost\r\n\r\n"],
  ["GET /rolldice/stream", "GET /rolldice/stream HTTP/1.1\r\nhost: localhost\r\n\r\n"],
  [
    "POST /rolldice/tally, half of the body",
    'POST /rolldice/tally HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n11\r\n{"player":"ann"}\n\r\n',
  ],
];

test.each(REQUESTS)("%s: clients that leave after 5 ms", async (_, request) => {
  await using pair = await startPair();
  await Promise.all(Array.from({ length: CLIENTS }, () => leaveSoon(pair.front.url, request)));

  await until(
    "every request is counted",
    async () => (await pair.countInFront(/^http_server_request_duration_seconds_count\{/)) === CLIENTS,
  );
  await until("no span is live", pair.isIdle);
  // Each call that was started is in the metric.
  const calls = await pair.countInFront(/^otel_sdk_span_started_total\{.*otel_span_parent_origin="local"/);
  expect(calls).toBeGreaterThan(0);
  expect(await pair.countInFront(CALLS)).toBe(calls);
});

test("WS /rolldice/table: players that leave in the middle of a round", async () => {
  await using pair = await startPair();
  const url = new URL("/rolldice/table", pair.front.url);
  url.protocol = "ws:";
  await Promise.all(
    Array.from({ length: CLIENTS / 4 }, async () => {
      const player = new WebSocket(url);
      await new Promise((resolve) => player.addEventListener("open", resolve));
      player.send('{"player":"ann"}');
      player.terminate();
    }),
  );
  await until(
    "calls are counted and no span is live",
    async () => (await pair.countInFront(CALLS)) > 0 && (await pair.isIdle()),
  );
});

async function startPair() {
  const back = await startBack(METRICS);
  const front = await startFront({ BACK_ADDRESS: back.address, ...METRICS });
  await front.line(/^back answers/);
  const frontMetrics = await metricsPortOf(front);
  const backMetrics = await metricsPortOf(back);
  return {
    front,
    countInFront: async (series: RegExp) => sumOf(await readMetrics(frontMetrics), series),
    /** Some spans were started, and all have ended. */
    isIdle: async () => (await liveSpans(frontMetrics)) === 0 && (await liveSpans(backMetrics)) === 0,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await back[Symbol.asyncDispose]();
    },
  };
}

/** Sends a request and closes the connection 5 ms later, as a browser does whose page is closed. */
async function leaveSoon(front: string, request: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(Number(new URL(front).port), "127.0.0.1", () => {
    socket.write(request);
    setTimeout(() => socket.destroy(), 5);
  });
  socket.on("close", () => resolve()).on("error", reject);
  await promise;
}

async function readMetrics(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** `undefined` before the first span. */
async function liveSpans(port: number): Promise<number | undefined> {
  const metrics = await readMetrics(port);
  return metrics.includes("otel_sdk_span_live{") ? sumOf(metrics, /^otel_sdk_span_live\{/) : undefined;
}

function sumOf(metrics: string, series: RegExp): number {
  const lines = metrics.split("\n").filter((line) => series.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function metricsPortOf(service: ServiceProcess): Promise<number> {
  return Number((await service.line(/^Prometheus metrics at/)).port);
}
