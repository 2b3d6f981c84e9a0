import { describe, expect, test } from "bun:test";
import { startApi } from "../testing/api.ts";
import { logRecord, spanRecord, traceIdOf } from "../testing/records.ts";

describe("logs", () => {
  const resource = { service: "mail", attributes: [] };
  const LONG = "x".repeat(300_000);

  function startWithLogs() {
    const { store, get } = startApi();
    store.addLogs([
      logRecord({ time: 3n, body: "of no trace", severityNumber: 13 }),
      logRecord({ time: 1n, traceId: traceIdOf(1), body: "of a trace without spans", severityNumber: 0 }),
      logRecord({
        time: 2n,
        body: LONG,
        severityNumber: 17,
        resource,
        attributes: [{ key: "Who", type: "string", value: "Ada" }],
      }),
    ]);
    const find = async (query: string) => {
      const { data, total } = (await get(`/api/viewer/logs?${query}`)).body;
      return { bodies: (data as { body: string }[]).map(({ body }) => body.slice(0, 11)), total };
    };
    return { get, find };
  }

  test("of traces and of none come together, newest first, no more than the limit", async () => {
    const { find } = startWithLogs();
    expect(await find("")).toEqual({ bodies: ["of no trace", "xxxxxxxxxxx", "of a trace "], total: 3 });
    expect(await find("limit=1")).toEqual({ bodies: ["of no trace"], total: 3 });
  });

  test("are found by words, severity, service and trace", async () => {
    const { find } = startWithLogs();
    expect(await find("search=TRACE of")).toMatchObject({ total: 2 });
    expect(await find("search=who=ada")).toMatchObject({ total: 1 });
    // What has no severity is information.
    expect(await find("severity=info")).toMatchObject({ total: 3 });
    expect(await find("severity=warn")).toMatchObject({ total: 2 });
    expect(await find("severity=fatal")).toMatchObject({ total: 0 });
    expect(await find("service=mail")).toMatchObject({ bodies: ["xxxxxxxxxxx"] });
    expect(await find("traceID=1")).toMatchObject({ bodies: ["of a trace "] });
  });

  test("that are long come with their beginning, and whole when asked for", async () => {
    const { get } = startWithLogs();
    const [long] = (await get("/api/viewer/logs?service=mail")).body.data as { id: number; body: string }[];
    expect(long).toMatchObject({ id: 3, body: LONG.slice(0, 2000), length: 300_006, isWhole: false });
    expect((await get(`/api/viewer/logs/${long?.id}`)).body.data).toMatchObject({ body: LONG });
    expect((await get("/api/viewer/logs/99")).status).toBe(404);
    const [short] = (await get("/api/viewer/logs?limit=1")).body.data as object[];
    expect(short).toMatchObject({ body: "of no trace", isWhole: true });
  });
});

describe("summaries of traces", () => {
  test("have what a list shows, and how many there are", async () => {
    const { store, get } = startApi();
    const attributes = [
      { key: "url.path", type: "string", value: "/rolldice" },
      { key: "http.response.status_code", type: "int64", value: 503 },
    ] as const;
    store.addSpans([
      spanRecord({ traceId: traceIdOf(1), spanId: "1", attributes, status: { code: "error", message: "" } }),
      spanRecord({ traceId: traceIdOf(1), spanId: "2", parentSpanId: "1" }),
      spanRecord({ traceId: traceIdOf(2), name: "x".repeat(100_000), endTime: 1_700_000_009_000_000_000n }),
      ...Array.from({ length: 20 }, (_, index) =>
        spanRecord({ traceId: traceIdOf(3), spanId: `${index}`, resource: { service: `s${index}`, attributes: [] } }),
      ),
    ]);
    const { data, total } = (await get("/api/viewer/traces?service=front&sort=spans&limit=1")).body;
    expect(total).toBe(2);
    expect(data).toEqual([
      {
        id: traceIdOf(1).slice(16),
        service: "front",
        name: "work",
        path: "/rolldice",
        status: "503",
        start: 1_700_000_000_000_000,
        duration: 1000,
        spans: 2,
        errors: 1,
        verdict: { grade: "joined", summary: "one root, no orphan, no hop: all in front" },
        services: [{ name: "front", spans: 2 }],
        moreServices: 0,
      },
    ]);
    const found = async (query: string) => (await get(`/api/viewer/traces?${query}`)).body.data as { name: string }[];
    expect((await found("sort=longest"))[0]?.name).toHaveLength(200);
    expect((await found("sort=errors"))[0]).toMatchObject({ errors: 1 });
    const [wide] = (await found("traceID=3")) as unknown as { services: unknown[]; moreServices: number }[];
    expect([wide?.services.length, wide?.moreServices]).toEqual([8, 12]);
    expect((await get("/api/viewer/traces?sort=best")).status).toBe(400);
  });

  test("are made anew when more of the trace has come", async () => {
    const { store, get } = startApi();
    for (const spanId of ["1", "2"]) {
      store.addSpans([spanRecord({ traceId: traceIdOf(1), spanId })]);
      expect((await get("/api/viewer/traces")).body.data).toMatchObject([{ spans: Number(spanId) }]);
    }
  });
});
