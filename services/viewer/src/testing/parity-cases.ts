/** The requests that the viewer and a real Jaeger both get. */
import { type GroupSpec, START, TRACE_ID } from "./otlp.ts";

export const SHORT_TRACE_ID = "0000000000000000b7ad6b7169203331";
const startMicros = START / 1000n;

/** Each span lies within its parent. Else Jaeger adds a warning about clocks, and the viewer does not. */
export const SENT: readonly GroupSpec[] = [
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
        flags: 0x301,
        droppedAttributesCount: 2,
        droppedEventsCount: 3,
        droppedLinksCount: 4,
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

export const SEARCHES = [
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

export const REFUSED = [
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

const iso = (micros: bigint) => encodeURIComponent(new Date(Number(micros / 1000n)).toISOString());
const hour = 3_600_000_000n;
const times = `query.start_time_min=${iso(startMicros - hour)}&query.start_time_max=${iso(startMicros + hour)}`;
/** Jaeger's memory storage does not answer without a number of traces. */
const wide = `${times}&query.num_traces=10`;

/** Of the third API. */
export const V3_SEARCHES = [
  wide,
  `query.service_name=front&${wide}`,
  `query.service_name=back&query.operation_name=roll%20dice&${wide}`,
  `query.service_name=front&query.duration_min=20ms&${wide}`,
  `query.service_name=front&query.duration_min=20.1ms&${wide}`,
  `query.service_name=short&query.duration_max=1us&${wide}`,
  `query.service_name=front&query.raw_traces=true&${wide}`,
  `query.service_name=nobody&${wide}`,
];

export const V3_LISTS = [
  "/api/v3/services",
  "/api/v3/operations?service=back",
  "/api/v3/operations?service=back&span_kind=server",
  "/api/v3/operations?service=nobody",
  "/api/v3/operations",
];

export const V3_REFUSED = [
  "/api/v3/traces",
  "/api/v3/traces/nothing",
  "/api/v3/traces/4bf92f3577b34da6a3ce929d0e0e4736",
  `/api/v3/traces/${TRACE_ID}?start_time=yesterday`,
  `/api/v3/traces/${TRACE_ID}?raw_traces=perhaps`,
  `/api/v3/traces?${times}&query.num_traces=many`,
  `/api/v3/traces?${wide}&query.duration_min=long`,
  `/api/v3/traces?query.start_time_min=now&query.start_time_max=now`,
  `/api/v3/traces?query.start_time_min=${iso(startMicros)}`,
];
