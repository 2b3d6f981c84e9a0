import { describe, expect, test } from "bun:test";
import { deflateRawSync, deflateSync, zstdCompressSync } from "node:zlib";
import { TRACE_ID, traceRequest } from "../testing/otlp.ts";
import { JSON_TYPE, PROTOBUF, startOtlpHttp, toProtobuf } from "../testing/otlp-http.ts";
import { ExportLogsServiceResponse } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import { ExportTraceServiceResponse } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";

const GOOD = { spanId: "1111111111111111", name: "GET /", kind: 2 };
const NO_TRACE_ID = { spanId: "2222222222222222", traceId: "00000000000000000000000000000000" };
const SHORT_SPAN_ID = { spanId: "3333" };
const LONG_PARENT = { spanId: "4444444444444444", parentSpanId: "555555555555555555" };

describe("a valid request", () => {
  const request = traceRequest({ spans: [GOOD] });
  const cases: readonly (readonly [string, Uint8Array<ArrayBuffer> | string, Readonly<Record<string, string>>])[] = [
    ["protobuf", toProtobuf(request), { "content-type": PROTOBUF }],
    ["JSON", JSON.stringify(request), { "content-type": JSON_TYPE }],
    ["JSON with a charset", JSON.stringify(request), { "content-type": "Application/JSON; charset=utf-8" }],
    ["protobuf in gzip", Bun.gzipSync(toProtobuf(request)), { "content-type": PROTOBUF, "content-encoding": "gzip" }],
    ["JSON in gzip", Bun.gzipSync(JSON.stringify(request)), { "content-type": JSON_TYPE, "content-encoding": "GZIP" }],
    ["deflate", deflateSync(toProtobuf(request)), { "content-type": PROTOBUF, "content-encoding": "deflate" }],
    ["zlib", deflateSync(toProtobuf(request)), { "content-type": PROTOBUF, "content-encoding": "zlib" }],
    ["raw deflate", deflateRawSync(toProtobuf(request)), { "content-type": PROTOBUF, "content-encoding": "deflate" }],
    ["zstd", zstdCompressSync(toProtobuf(request)), { "content-type": PROTOBUF, "content-encoding": "zstd" }],
    ["no compression", JSON.stringify(request), { "content-type": JSON_TYPE, "content-encoding": "identity" }],
  ];

  test.each(cases)("is stored and answered in its encoding: %s", async (_name, body, headers) => {
    const { store, send } = startOtlpHttp();
    const response = await send(body, headers);
    const isJson = headers["content-type"]?.toLowerCase().startsWith(JSON_TYPE);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(isJson ? JSON_TYPE : PROTOBUF);
    // When everything was stored, there is no partial success: an empty message.
    expect(await response.text()).toBe(isJson ? "{}" : "");
    expect(store.trace(TRACE_ID)?.spans).toEqual([expect.objectContaining({ name: "GET /", kind: "server" })]);
  });

  test("may be empty", async () => {
    const { send } = startOtlpHttp();
    expect((await send(null, { "content-type": PROTOBUF })).status).toBe(200);
    expect((await send("{}", { "content-type": JSON_TYPE })).status).toBe(200);
  });
});

describe("a request with some invalid spans", () => {
  const request = traceRequest({ spans: [GOOD, NO_TRACE_ID, NO_TRACE_ID, SHORT_SPAN_ID, LONG_PARENT] });
  const errorMessage =
    "4 spans not stored: trace_id must be 16 bytes that are not all zero (2); " +
    "span_id must be 8 bytes that are not all zero (1); parent_span_id must be empty or 8 bytes (1)";

  test("stores the others and names each broken rule, in JSON", async () => {
    const { store, send } = startOtlpHttp();
    const response = await send(JSON.stringify(request), { "content-type": JSON_TYPE });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ partialSuccess: { rejectedSpans: "4", errorMessage } });
    expect(store.stats()).toMatchObject({ traces: 1, spans: 1 });
  });

  test("and in protobuf", async () => {
    const { store, send } = startOtlpHttp();
    const response = await send(toProtobuf(request), { "content-type": PROTOBUF });
    const answer = ExportTraceServiceResponse.decode(await response.bytes());
    expect(answer).toEqual({ partialSuccess: { rejectedSpans: 4n, errorMessage } });
    expect(store.stats()).toMatchObject({ traces: 1, spans: 1 });
  });

  test("says when a trace is larger than what is stored of one trace", async () => {
    const { store, send } = startOtlpHttp({ maxBytes: 64 * 1024 });
    const body = (spanId: string) => JSON.stringify(traceRequest({ spans: [{ spanId, name: "x".repeat(20_000) }] }));
    expect(await (await send(body("1111111111111111"), { "content-type": JSON_TYPE })).json()).toEqual({});
    expect(await (await send(body("2222222222222222"), { "content-type": JSON_TYPE })).json()).toEqual({
      partialSuccess: {
        rejectedSpans: "1",
        errorMessage: "1 span not stored: its trace is larger than the viewer stores of one trace (1)",
      },
    });
    expect(store.stats()).toMatchObject({ spans: 1, refusedRecords: 1 });
  });

  test("stores a span whose parent is zeros as a root, and a span with an invalid link without the link", async () => {
    const { store, send } = startOtlpHttp();
    const links = [
      { traceId: TRACE_ID, spanId: "00" },
      { traceId: "00", spanId: "1111111111111111" },
    ];
    const body = traceRequest({ spans: [{ ...GOOD, parentSpanId: "0000000000000000", links }] });
    expect(await (await send(toProtobuf(body), { "content-type": PROTOBUF })).text()).toBe("");
    expect(store.trace(TRACE_ID)?.spans).toEqual([expect.objectContaining({ parentSpanId: "", links: [] })]);
  });

  test("refuses in JSON only the span whose id is not hex", async () => {
    const { store, send } = startOtlpHttp();
    const body = JSON.stringify(traceRequest({ spans: [GOOD, { spanId: "not-hex-not-hex-" }] }));
    expect(await (await send(body, { "content-type": JSON_TYPE })).json()).toMatchObject({
      partialSuccess: { rejectedSpans: "1" },
    });
    expect(store.stats().spans).toBe(1);
  });
});

test("logs answer with a message of their own", async () => {
  const { send } = startOtlpHttp();
  const response = await send(null, { "content-type": PROTOBUF }, "/v1/logs");
  expect(ExportLogsServiceResponse.decode(await response.bytes())).toEqual({ partialSuccess: undefined });
});
