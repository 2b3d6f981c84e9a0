import { afterEach, beforeEach, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { postJson, traceRequest } from "./testing/otlp.ts";
import { startViewer, type Viewer } from "./viewer.ts";

let viewer: Viewer;

beforeEach(async () => {
  viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
  await postJson(viewer.otlpUrl, "/v1/traces", traceRequest({ spans: [{ spanId: "1111111111111111" }] }));
});
afterEach(() => viewer.stop());

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer> = "",
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(`${viewer.url}${path}`, { method: "POST", body, headers });
  const text = await response.text();
  // A page of another site gets a line of text.
  const answer = text.startsWith("{")
    ? (JSON.parse(text) as { data: unknown; errors: { msg: string }[] | null })
    : undefined;
  return { status: response.status, body: answer };
}

async function countTraces(): Promise<number> {
  const answer = (await (await fetch(`${viewer.url}/api/viewer/stats`)).json()) as { data: { traces: number } };
  return answer.data.traces;
}

test.each([
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "none" },
  { origin: "http://localhost:1" },
  { origin: "null" },
])("a page of another origin changes nothing: %j", async (headers) => {
  expect((await post("/api/viewer/clear", "", headers)).status).toBe(403);
  expect((await post("/api/viewer/import", "[]", headers)).status).toBe(403);
  expect(await countTraces()).toBe(1);
});

test.each([{}, { "sec-fetch-site": "same-origin" }])(
  "a page of the viewer, and a program, may clear: %j",
  async (headers) => {
    expect(await post("/api/viewer/clear", "", headers)).toMatchObject({
      status: 200,
      body: { data: { traces: 0, spans: 0, bytes: 0 } },
    });
    expect(await countTraces()).toBe(0);
  },
);

test("reading is not changing: GET clears nothing, and POST reads nothing", async () => {
  expect((await fetch(`${viewer.url}/api/viewer/clear`)).status).toBe(404);
  expect((await post("/api/viewer/stats")).status).toBe(405);
  expect((await fetch(`${viewer.url}/api/services`, { method: "POST" })).status).toBe(405);
  expect(await countTraces()).toBe(1);
});

test("an import says which traces came, packed or not", async () => {
  const text = JSON.stringify(traceRequest({ spans: [{ spanId: "2222222222222222" }] }));
  const expected = { status: 200, body: { data: { traceIds: [TRACE_ID], logs: 0, series: 0 } } };
  expect(await post("/api/viewer/import", text)).toMatchObject(expected);
  expect(
    await post("/api/viewer/import", new Uint8Array(gzipSync(text)), { "content-encoding": "gzip" }),
  ).toMatchObject(expected);
});

test("what a file may hold is bounded as OTLP is", async () => {
  const tooMany = `[${"1,".repeat(1_000_001)}1]`;
  expect((await post("/api/viewer/import", tooMany)).status).toBe(413);
  const tooLarge = " ".repeat(20 * 1024 * 1024 + 1);
  expect((await post("/api/viewer/import", tooLarge)).status).toBe(413);
  const bomb = new Uint8Array(gzipSync(tooLarge));
  expect((await post("/api/viewer/import", bomb, { "content-encoding": "gzip" })).status).toBe(413);
});

test.each([
  ["[".repeat(100_000), "this file cannot be read"],
  ['{"traceID":"1","spans":[{"traceID":"1","spanID":"1","startTime":1.5,"duration":1}]}', "this file cannot be read"],
  ['{"traceID":"1","spans":[null]}', "this file cannot be read"],
])("what cannot be read is refused: %#", async (text, message) => {
  const { status, body } = await post("/api/viewer/import", text);
  expect([status, body?.errors?.[0]?.msg ?? ""]).toEqual([400, expect.stringContaining(message)]);
});

test("a file with values of the wrong kinds breaks no page", async () => {
  const span = {
    traceID: "1",
    spanID: "1",
    operationName: {},
    startTime: 1,
    duration: 1,
    processID: "p",
    tags: [{ key: 7, type: "x", value: { a: 1 } }],
  };
  await post(
    "/api/viewer/import",
    JSON.stringify({ traceID: "1", spans: [span], processes: { p: { serviceName: 5 } } }),
  );
  for (const path of [
    "/api/viewer/traces",
    "/api/traces/1",
    "/api/v3/traces/1",
    "/api/viewer/map",
    "/api/viewer/traces/1/otlp",
    "/api/services",
  ]) {
    expect((await fetch(`${viewer.url}${path}`)).status).toBe(200);
  }
});

test("a file is named after its trace", async () => {
  const { headers } = await fetch(`${viewer.url}/api/traces/${TRACE_ID}?download`);
  expect(headers.get("content-disposition")).toBe(`attachment; filename="trace-${TRACE_ID}.json"`);
  expect((await fetch(`${viewer.url}/api/traces/${TRACE_ID}`)).headers.has("content-disposition")).toBeFalse();
});
