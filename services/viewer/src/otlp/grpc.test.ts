import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect as connectHttp2 } from "node:http2";
import { zstdCompressSync } from "node:zlib";
import { createChannel, createClient, Status } from "nice-grpc";
import { createAccess } from "../access.ts";
import { listenGrpc } from "../listen.ts";
import { createStore } from "../store.ts";
import { TRACE_ID, traceRequest } from "../testing/otlp.ts";
import { toProtobuf } from "../testing/otlp-http.ts";
import { startViewer, type Viewer } from "../viewer.ts";
import { Status as RpcStatus } from "./gen/google/rpc/status.ts";
import { LogsServiceDefinition } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import { MetricsServiceDefinition } from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import { TraceServiceDefinition } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { createOtlpGrpc } from "./grpc.ts";
import { writeFrame } from "./grpc-frame.ts";
import { createIntake, type Intake } from "./intake.ts";
import { readLogsJson, readMetricsJson, readTraceJson } from "./json.ts";

const DEFLATE = { "grpc.default_compression_algorithm": 1 };
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
  ["deflate", DEFLATE],
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
  ["deflate", DEFLATE],
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
  await expect(client.export(request)).rejects.toMatchObject({ code: Status.RESOURCE_EXHAUSTED });
  expect(viewer.trace(TRACE_ID)).toBeUndefined();
});

const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const SPAN = toProtobuf(traceRequest({ spans: [{ spanId: "1111111111111111", name: "over gRPC" }] }));

/** A call as bytes, for what the client of grpc-js cannot send. */
async function call(body: Uint8Array, headers: Record<string, string> = {}, url = viewer.otlpGrpcUrl) {
  const session = connectHttp2(url);
  const stream = session.request({
    ":method": "POST",
    ":path": EXPORT,
    "content-type": "application/grpc",
    ...headers,
  });
  const answer: Record<string, unknown> = {};
  stream.on("response", (received) => Object.assign(answer, received));
  stream.on("trailers", (received) => Object.assign(answer, received));
  stream.end(body);
  await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject).resume());
  session.close();
  return answer;
}

function packed(message: Uint8Array): Buffer {
  const frame = writeFrame(message);
  frame[0] = 1;
  return frame;
}

test("zstd is unpacked, as Collectors send it, and stays bounded", async () => {
  const zstd = { "grpc-encoding": "zstd" };
  expect(await call(packed(zstdCompressSync(SPAN)), zstd)).toMatchObject({ "grpc-status": "0" });
  expect(viewer.trace(TRACE_ID)?.spans).toHaveLength(1);
  const bomb = packed(zstdCompressSync(Buffer.alloc(21 * 1024 * 1024)));
  expect(await call(bomb, zstd)).toMatchObject({ "grpc-status": String(Status.RESOURCE_EXHAUSTED) });
});

test.each([
  ["an encoding that is not known", packed(SPAN), { "grpc-encoding": "snappy" }, Status.UNIMPLEMENTED],
  ["bytes that are not packed as said", packed(SPAN), { "grpc-encoding": "gzip" }, Status.INVALID_ARGUMENT],
  ["bytes that are no message", writeFrame(Buffer.from("\x07hello")), {}, Status.INVALID_ARGUMENT],
  ["no message", Buffer.alloc(0), {}, Status.INTERNAL],
  ["half a message", writeFrame(SPAN).subarray(0, -3), {}, Status.INTERNAL],
  ["two messages", Buffer.concat([writeFrame(SPAN), writeFrame(SPAN)]), {}, Status.INTERNAL],
  ["another method", writeFrame(SPAN), { ":path": "/grpc.health.v1.Health/Check" }, Status.UNIMPLEMENTED],
])("%s is refused with its status", async (_name, body, headers, status) => {
  const answer = await call(body, headers);
  expect(answer).toMatchObject({ ":status": 200, "grpc-status": String(status) });
  expect(answer["grpc-accept-encoding"]).toBe("identity,gzip,deflate,zstd");
  expect(viewer.trace(TRACE_ID)).toBeUndefined();
});

/** With limits that a test can wait for. */
async function listen(intake: Intake, idleMs?: number) {
  const options = { store: createStore(), intake, access: createAccess(), isLocal: true };
  const server = createOtlpGrpc(idleMs === undefined ? options : { ...options, idleMs });
  const { url, stop } = await listenGrpc({ name: "otlpGrpc", host: "127.0.0.1", port: 0, server });
  return { url, [Symbol.asyncDispose]: stop };
}

test("a call that sends nothing is given up, and a connection without a call is ended, not one with a call", async () => {
  await using server = await listen(createIntake({ timeoutMs: 1000 }), 500);
  const session = connectHttp2(server.url);
  const closed = new Promise((resolve, reject) => session.on("close", resolve).on("error", reject));
  const goaway = new Promise((resolve) => session.on("goaway", resolve));
  const call = session.request({ ":method": "POST", ":path": EXPORT, "content-type": "application/grpc" });
  const answer = await new Promise((resolve, reject) =>
    call.on("response", resolve).on("error", reject).on("close", reject),
  );
  expect(answer).toMatchObject({ "grpc-status": String(Status.DEADLINE_EXCEEDED) });
  expect(await goaway).toBe(0);
  await closed;
});

test("beyond the memory for bodies in flight a sender is told when to come back", async () => {
  await using server = await listen(createIntake({ maxBytes: SPAN.length - 1 }));
  const answer = await call(writeFrame(SPAN), {}, server.url);
  expect(answer["grpc-status"]).toBe(String(Status.RESOURCE_EXHAUSTED));
  const { details } = RpcStatus.decode(Buffer.from(String(answer["grpc-status-details-bin"]), "base64"));
  expect(details.map(({ typeUrl }) => typeUrl)).toEqual(["type.googleapis.com/google.rpc.RetryInfo"]);
});
