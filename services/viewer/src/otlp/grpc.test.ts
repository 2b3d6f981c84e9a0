import { afterEach, beforeEach, expect, test } from "bun:test";
import { createChannel, createClient, Status } from "nice-grpc";
import { TRACE_ID, traceRequest } from "../testing/otlp.ts";
import { startViewer, type Viewer } from "../viewer.ts";
import { LogsServiceDefinition } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import { MetricsServiceDefinition } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import { TraceServiceDefinition } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { readLogsJson, readMetricsJson, readTraceJson } from "./json.ts";

const GZIP = { "grpc.default_compression_algorithm": 2 };

let viewer: Viewer;
const channels: ReturnType<typeof createChannel>[] = [];

beforeEach(async () => {
  viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
});
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await viewer.stop();
});

function connect(options = {}) {
  const channel = createChannel(viewer.otlpGrpcUrl, undefined, options);
  channels.push(channel);
  return channel;
}

test.each([
  ["plain", {}],
  ["gzip", GZIP],
])("spans are stored: %s", async (_name, options) => {
  const client = createClient(TraceServiceDefinition, connect(options));
  const answer = await client.export(
    readTraceJson(traceRequest({ spans: [{ spanId: "1111111111111111", name: "over gRPC" }] })),
  );
  expect(answer).toEqual({ partialSuccess: undefined });
  expect(viewer.trace(TRACE_ID)?.spans.map(({ operationName }) => operationName)).toEqual(["over gRPC"]);
});

test("a span that breaks a rule is refused with the rule; the others are stored", async () => {
  const client = createClient(TraceServiceDefinition, connect());
  const request = traceRequest({ spans: [{ spanId: "1111111111111111" }, { spanId: "0000000000000000" }] });
  expect(await client.export(readTraceJson(request))).toEqual({
    partialSuccess: {
      rejectedSpans: 1n,
      errorMessage: "1 span not stored: span_id must be 8 bytes that are not all zero (1)",
    },
  });
  expect(viewer.trace(TRACE_ID)?.spans).toHaveLength(1);
});

test("logs and metrics are stored", async () => {
  const log = { traceId: TRACE_ID, body: { stringValue: "hello" } };
  await createClient(LogsServiceDefinition, connect()).export(
    readLogsJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }),
  );
  const metric = { name: "dice.rolled", sum: { dataPoints: [{ asInt: 3 }] } };
  await createClient(MetricsServiceDefinition, connect()).export(
    readMetricsJson({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }),
  );
  const stats = (await (await fetch(`${viewer.url}/api/viewer/stats`)).json()) as { data: object };
  expect(stats.data).toMatchObject({ logs: 1, series: 1 });
});

test.each([
  ["plain", {}],
  ["gzip, which is small on the wire", GZIP],
])("a message larger than the limit is refused: %s", async (_name, options) => {
  const client = createClient(TraceServiceDefinition, connect({ ...options, "grpc.max_send_message_length": -1 }));
  const request = readTraceJson(
    traceRequest({ spans: [{ spanId: "1111111111111111", name: "x".repeat(21 * 1024 * 1024) }] }),
  );
  await expect(client.export(request)).rejects.toMatchObject({ code: Status.RESOURCE_EXHAUSTED });
});

test("a message with too many objects is refused", async () => {
  const client = createClient(TraceServiceDefinition, connect());
  const empty = { scope: undefined, spans: [] };
  const request = {
    resourceSpans: [{ resource: undefined, scopeSpans: Array.from({ length: 600_000 }, () => empty) }],
  };
  await expect(client.export(request)).rejects.toMatchObject({ code: Status.INTERNAL });
  expect(viewer.trace(TRACE_ID)).toBeUndefined();
});
