import { describe, expect, test } from "bun:test";
import { createApi } from "./api.ts";
import { createStore } from "./store.ts";
import { startApi } from "./testing/api.ts";
import { logRecord, metricRecord, spanRecord, traceIdOf } from "./testing/records.ts";

const refusal = (code: number, msg: unknown) => ({
  status: code,
  body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] },
});

test("services and operations, each once, in order", async () => {
  const { store, get } = startApi();
  const back = { service: "back/end ü", attributes: [] };
  store.addSpans([
    spanRecord({ traceId: traceIdOf(1), spanId: "1", name: "b" }),
    spanRecord({ traceId: traceIdOf(1), spanId: "2", name: "a", kind: "server" }),
    spanRecord({ traceId: traceIdOf(2), spanId: "3", name: "a", kind: "client" }),
    spanRecord({ traceId: traceIdOf(2), spanId: "4", name: "c", resource: back, kind: "unspecified" }),
  ]);
  expect((await get("/api/services")).body).toMatchObject({ data: ["back/end ü", "front"], total: 2 });
  expect((await get("/api/services/front/operations")).body).toMatchObject({ data: ["a", "b"], total: 2 });
  expect((await get(`/api/services/${encodeURIComponent("back/end ü")}/operations`)).body.data).toEqual(["c"]);
  expect((await get("/api/services/nobody/operations")).body.data).toEqual([]);
  expect((await get("/api/operations?service=front&spanKind=server")).body.data).toEqual([
    { name: "a", spanKind: "server" },
  ]);
  expect((await get("/api/operations?service=back/end ü")).body.data).toEqual([{ name: "c", spanKind: "" }]);
});

test("a search gives the newest traces first, at most as many as the limit", async () => {
  const { store, get } = startApi();
  store.addSpans([1, 2, 3].map((number) => spanRecord({ traceId: traceIdOf(number) })));
  const found = async (query: string) => {
    const { data } = (await get(`/api/traces?${query}`)).body;
    return (data as { traceID: string }[]).map(({ traceID }) => Number.parseInt(traceID, 16));
  };
  expect(await found("service=front")).toEqual([3, 2, 1]);
  expect(await found("limit=2")).toEqual([3, 2]);
  expect(await found("service=nobody")).toEqual([]);
  expect(await found("traceID=1&traceID=3")).toEqual([1, 3]);
});

test("a search by ids gives the traces that exist and an error for each that does not", async () => {
  const { store, get } = startApi();
  store.addSpans([spanRecord({ traceId: traceIdOf(1) })]);
  const { status, body } = await get("/api/traces?traceID=1&traceID=2");
  expect(status).toBe(200);
  expect(body.data).toHaveLength(1);
  expect(body.errors).toEqual([{ msg: "trace not found", traceID: traceIdOf(2) }]);
});

describe("logs of a trace", () => {
  test("are in the order in which they were written", async () => {
    const { store, get } = startApi();
    const traceId = traceIdOf(1);
    store.addLogs([
      logRecord({ traceId, spanId: "1111111111111111", time: 1_700_000_000_000_000_002n, body: "second" }),
      logRecord({ traceId, time: 1_700_000_000_000_000_001n, body: "first" }),
      logRecord({ body: "of no trace" }),
    ]);
    expect((await get("/api/traces/1/logs")).body.data).toEqual([
      expect.objectContaining({ body: "first", timeUnixNano: "1700000000000000001" }),
      {
        id: 1,
        timeUnixNano: "1700000000000000002",
        severityNumber: 9,
        severityText: "INFO",
        body: "second",
        attributes: [],
        traceId,
        spanId: "1111111111111111",
        service: "front",
        scope: "",
      },
    ]);
    expect((await get("/api/traces/1")).status).toBe(404);
  });

  test("are an empty list for a trace without logs", async () => {
    const { store, get } = startApi();
    store.addSpans([spanRecord({ traceId: traceIdOf(1) })]);
    expect((await get("/api/traces/1/logs")).body.data).toEqual([]);
    expect(await get("/api/traces/2/logs")).toEqual(refusal(404, "trace not found"));
  });
});

test("metrics with the latest point of each series", async () => {
  const { store, get } = startApi();
  store.addMetrics([metricRecord("dice.rolled", ["a", 3, 1_700_000_000_000_000_001n])]);
  expect((await get("/api/viewer/metrics")).body.data).toEqual([
    {
      service: "front",
      instance: "",
      scope: "",
      scopeVersion: "",
      name: "dice.rolled",
      unit: "1",
      description: "",
      type: "sum",
      monotonic: true,
      temporality: "cumulative",
      series: [
        {
          attributes: [{ key: "series", type: "string", value: "a" }],
          value: 3,
          timeUnixNano: "1700000000000000001",
          startTimeUnixNano: "0",
          restarts: 0,
          gaps: [],
          stopped: false,
          exemplars: [],
          history: [[1_700_000_000_000, 3, null]],
        },
      ],
    },
  ]);
});

test("stats count what is stored and what was dropped", async () => {
  const { store, get } = startApi();
  store.addSpans(Array.from({ length: 12 }, (_, index) => spanRecord({ traceId: traceIdOf(index + 1) })));
  expect((await get("/api/viewer/stats")).body.data).toMatchObject({
    traces: 10,
    spans: 10,
    droppedTraces: 2,
    droppedSpans: 2,
    refusedRecords: 0,
    maxTraces: 10,
    bytes: expect.any(Number),
  });
});

test("an unknown path is 404; an invalid parameter is 400 with its name and rule", async () => {
  const { get } = startApi();
  const noId = "parameter 'traceID' must be a trace id: up to 32 hex digits that are not all zero";
  expect(await get("/api/traces/1")).toEqual(refusal(404, "trace not found"));
  expect(await get("/api/nothing")).toEqual(refusal(404, "there is no /api/nothing"));
  expect(await get("/api/traces/zz")).toEqual(refusal(400, noId));
  expect(await get("/api/traces/%E0%A4%A")).toEqual(refusal(400, noId));
  expect(await get("/api/traces/zz/logs")).toEqual(refusal(400, noId));
  expect(await get("/api/operations")).toEqual(refusal(400, "parameter 'service' must be given"));
  expect(await get("/api/traces?limit=0")).toEqual(
    refusal(400, "parameter 'limit' must be a whole number of at least 1"),
  );
  expect(await get("/api/viewer/logs?limit=x")).toMatchObject({ status: 400 });
});

test("prettyPrint indents the answer", async () => {
  const api = createApi(createStore());
  expect(await api(new URL("http://localhost/api/services?prettyPrint=true")).text()).toStartWith('{\n    "data": []');
});
