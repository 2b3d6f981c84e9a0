/**
 * The same OTLP sent to the viewer and to a real Jaeger must come out as the same JSON. Runs where BATON_REAL_JAEGER
 * names Jaeger's binary.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JaegerEnvelope, JaegerTrace } from "./jaeger.ts";
import { type GroupSpec, postJson, START, TRACE_ID, traceRequest } from "./testing/otlp.ts";
import { type RealJaeger, startRealJaeger } from "./testing/real-jaeger.ts";
import { startViewer, type Viewer } from "./viewer.ts";

const binary = process.env.BATON_REAL_JAEGER ?? "";
const SHORT_TRACE_ID = "0000000000000000b7ad6b7169203331";
const startMicros = START / 1000n;

/** Each span lies within its parent. Where one does not, Jaeger adds a warning about clocks and the viewer does not. */
const SENT: readonly GroupSpec[] = [
  {
    service: "front",
    resource: { "service.version": "1.2.3", "process.pid": 42n },
    scope: { name: "@baton/telemetry", version: "0.1.0", attributes: { "scope.mark": "yes" } },
    spans: [
      {
        spanId: "1111111111111111",
        name: "GET /rolldice",
        kind: 2,
        duration: 20_000_999,
        traceState: "vendor=value,other=1",
        attributes: {
          "http.route": "/rolldice",
          "http.response.status_code": 200n,
          ratio: 0.25,
          whole: 3,
          flag: true,
          bytes: new Uint8Array([0, 1, 254, 255]),
          list: ["a", 1n, 2.5, true],
          nested: { inner: ["x"], number: 7n },
          "too.large": 9_223_372_036_854_775_807n,
          empty: "",
        },
      },
      {
        spanId: "2222222222222222",
        parentSpanId: "1111111111111111",
        name: "baton.dice.v1.DiceService/Roll",
        kind: 3,
        start: 2_000_500,
        duration: 17_000_000,
      },
    ],
  },
  {
    service: "back",
    scope: { name: "@baton/telemetry" },
    spans: [
      {
        spanId: "3333333333333333",
        parentSpanId: "2222222222222222",
        name: "baton.dice.v1.DiceService/Roll",
        kind: 2,
        start: 3_000_000,
        duration: 10_000_000,
        status: { code: 2, message: "out of dice" },
        events: [
          { name: "exception", at: 500, attributes: { "exception.type": "Error", "exception.message": "no" } },
          { name: "named", at: 900, attributes: { event: "its own", alpha: 1n } },
        ],
      },
      {
        spanId: "4444444444444444",
        parentSpanId: "3333333333333333",
        name: "roll dice",
        start: 4_000_000,
        status: { code: 1 },
        links: [
          { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" },
          { traceId: TRACE_ID, spanId: "1111111111111111", attributes: { "opentracing.ref_type": "child_of" } },
        ],
      },
      { spanId: "5555555555555555", parentSpanId: "3333333333333333", name: "produce", kind: 4, start: 5_000_000 },
      { spanId: "6666666666666666", parentSpanId: "3333333333333333", name: "consume", kind: 5, start: 6_000_000 },
      { spanId: "7777777777777777", parentSpanId: "3333333333333333", name: "no kind", kind: 0, start: 7_000_000 },
    ],
  },
  {
    service: "short",
    spans: [{ traceId: SHORT_TRACE_ID, spanId: "8888888888888888", name: "64-bit id", duration: 999 }],
  },
];

const SEARCHES = [
  "service=front",
  "service=back&operation=roll dice",
  "service=front&operation=nothing",
  'service=front&tags={"http.route":"/rolldice"}',
  'service=front&tags={"http.response.status_code":"200"}',
  "service=front&tag=flag:true&tag=ratio:0.25",
  "service=front&tag=service.version:1.2.3",
  "service=front&tag=scope.mark:yes",
  "service=back&tag=exception.type:Error",
  "service=back&tag=error:true",
  "service=front&tag=error:true",
  "service=front&tag=http.route:/nowhere",
  "service=front&minDuration=20ms",
  "service=front&minDuration=20.001ms",
  "service=back&maxDuration=999us",
  "service=short&maxDuration=1us",
  "service=front&minDuration=1ms&maxDuration=2ms",
  `service=front&start=${startMicros}&end=${startMicros + 1n}`,
  `service=front&end=${startMicros - 1n}`,
  `service=front&start=${startMicros + 60_000_000n}`,
  "service=front&limit=1",
  `traceID=${TRACE_ID}`,
];

const REFUSED = [
  "/api/traces?service=front&limit=many",
  "/api/traces?service=front&minDuration=long",
  "/api/traces?service=front&minDuration=2s&maxDuration=1s",
  "/api/traces?service=front&start=yesterday",
  "/api/traces?service=front&tags=[]",
  "/api/traces?service=front&tag=key",
  "/api/traces?traceID=nothing",
  "/api/traces/nothing",
  "/api/operations",
  "/api/dependencies?endTs=now",
  "/api/traces/4bf92f3577b34da6a3ce929d0e0e4736",
];

if (binary === "") {
  test.skipIf(true)("against a real Jaeger: not run, BATON_REAL_JAEGER does not name its binary", () => {});
} else {
  describe("against a real Jaeger", compareWithJaeger);
}

function compareWithJaeger(): void {
  let viewer: Viewer;
  let jaeger: RealJaeger;

  beforeAll(async () => {
    [viewer, jaeger] = await Promise.all([
      startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 }),
      startRealJaeger(binary),
    ]);
    for (const { otlpUrl } of [viewer, jaeger]) {
      const response = await postJson(otlpUrl, "/v1/traces", traceRequest(...SENT));
      expect(await response.json()).toEqual(expect.objectContaining({}));
      expect(response.status).toBe(200);
    }
  });
  afterAll(async () => {
    await Promise.all([viewer?.stop(), jaeger?.stop()]);
  });

  async function both(path: string) {
    const [ours, theirs] = await Promise.all([viewer, jaeger].map(({ url }) => fetch(`${url}${path}`)));
    if (!ours || !theirs) throw new Error("no answer");
    return { ours: await read(ours), theirs: await read(theirs) };
  }

  test.each([TRACE_ID, TRACE_ID.slice(1), SHORT_TRACE_ID, SHORT_TRACE_ID.slice(16)])("trace %s", async (id) => {
    const { ours, theirs } = await both(`/api/traces/${id}`);
    expect(theirs.status).toBe(200);
    expect({ ...ours, body: normalise(ours.body) }).toEqual({ ...theirs, body: normalise(theirs.body) });
  });

  test.each(SEARCHES)("search %s", async (query) => {
    const { ours, theirs } = await both(`/api/traces?${query}`);
    expect(theirs.status).toBe(200);
    expect({ ...ours, body: normalise(ours.body) }).toEqual({ ...theirs, body: normalise(theirs.body) });
  });

  test.each(["/api/services", "/api/services/back/operations", "/api/operations?service=back&spanKind=server"])(
    "list %s",
    async (path) => {
      const { ours, theirs } = await both(path);
      expect(sortData(ours.body)).toEqual(sortData(theirs.body));
    },
  );

  test("dependencies", async () => {
    const { ours, theirs } = await both(`/api/dependencies?endTs=${Date.now() + 60_000}&lookback=3600000`);
    expect(sortData(ours.body)).toEqual(sortData(theirs.body));
  });

  test.each(REFUSED)("refuses %s", async (path) => {
    const { ours, theirs } = await both(path);
    expect(ours.status).toBe(theirs.status);
    expect(shapeOf(ours.body)).toEqual(shapeOf(theirs.body));
  });
}

interface Answer {
  readonly status: number;
  readonly body: JaegerEnvelope<unknown>;
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as JaegerEnvelope<unknown> };
}

/** Jaeger's spans and processes come in no order; an empty search is null there and an empty list here. */
function normalise(envelope: JaegerEnvelope<unknown>): unknown {
  const traces = ((envelope.data ?? []) as readonly JaegerTrace[]).map((trace) => ({
    ...trace,
    processes: undefined,
    spans: trace.spans
      .map((span) => ({ ...span, processID: undefined, process: trace.processes[span.processID] }))
      .sort((a, b) => a.spanID.localeCompare(b.spanID)),
  }));
  return { ...envelope, data: traces };
}

function sortData(envelope: JaegerEnvelope<unknown>): unknown {
  const text = (value: unknown) => JSON.stringify(value);
  return { ...envelope, data: (envelope.data as readonly unknown[]).toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) };
}

/** The words of a refusal are our own. */
function shapeOf({ errors, ...rest }: JaegerEnvelope<unknown>): unknown {
  return { ...rest, errors: errors?.map(({ code }) => code) };
}
