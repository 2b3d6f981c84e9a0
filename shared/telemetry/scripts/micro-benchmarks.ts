/**
 * `bun run bench:micro`: what the parts of tracing cost by themselves, each beside the same work without it or by the
 * package that it stands in for. In a service everything costs two to three times as much: nothing is as warm as here.
 */
import { ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { bench, do_not_optimize, group, run } from "mitata";
import { createSpanEncoder } from "../src/export/span-encoding.ts";
import { createTraceRequestEncoder } from "../src/export/trace-request.ts";
import { startTelemetry } from "../src/index.ts";
import { LEAN_ROOT } from "../src/lean-context.ts";
import { createDurationHistogram } from "../src/metrics.ts";
import { headersGetter, headersSetter } from "../src/propagation/index.ts";

const ended: ReadableSpan[] = [];
const nothing = () => Promise.resolve();
const keep = {
  onStart() {},
  onEnd: (span: ReadableSpan) => void ended.push(span),
  forceFlush: nothing,
  shutdown: nothing,
};
const quiet = { OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", OTEL_METRIC_EXPORT_INTERVAL: "3600000" };
const start = (env: Record<string, string>, spanProcessors: (typeof keep)[] = []) =>
  startTelemetry({
    serviceName: "micro",
    register: false,
    env: { ...quiet, ...env },
    spanProcessors,
    onReport: () => {},
  });

const traced = start({});
const unsampled = start({ OTEL_TRACES_SAMPLER: "always_off" });
const disabled = start({ OTEL_SDK_DISABLED: "true" });
const attributes = {
  "http.request.method": "GET",
  "url.scheme": "http",
  "url.path": "/rolldice",
  "server.address": "127.0.0.1",
  "server.port": 3000,
  "network.peer.address": "127.0.0.1",
};

group("inject into Headers", () => {
  const context = trace.setSpan(ROOT_CONTEXT, traced.tracer.startSpan("x"));
  const stock = new W3CTraceContextPropagator();
  bench("nothing", () => do_not_optimize(new Headers())).baseline(true);
  bench("OpenTelemetry's", () => {
    const headers = new Headers();
    stock.inject(context, headers, headersSetter);
    return do_not_optimize(headers);
  });
  bench("ours, with baggage", () => {
    const headers = new Headers();
    traced.propagator.inject(context, headers, headersSetter);
    return do_not_optimize(headers);
  });
});

group("extract from Headers", () => {
  const headers = new Headers({
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
    tracestate: "a=1",
  });
  const stock = new W3CTraceContextPropagator();
  bench("read the two headers", () =>
    do_not_optimize([headers.get("traceparent"), headers.get("tracestate")]),
  ).baseline(true);
  bench("OpenTelemetry's", () => do_not_optimize(stock.extract(ROOT_CONTEXT, headers, headersGetter)));
  bench("ours, with baggage", () => do_not_optimize(traced.propagator.extract(LEAN_ROOT, headers, headersGetter)));
});

group("start and end a span of six attributes", () => {
  for (const [name, { tracer }] of Object.entries({ disabled, unsampled, traced })) {
    const one = bench(name, () => tracer.startSpan("GET /rolldice", { kind: SpanKind.SERVER, attributes }).end());
    if (name === "disabled") one.baseline(true);
  }
});

group("a batch of 512 spans to OTLP's bytes", () => {
  const { tracer } = start({}, [keep]);
  for (let index = 0; index < 512; index++) {
    const own = { ...attributes, "url.query": `rolls=${index}` };
    tracer.startSpan("GET /rolldice", { kind: SpanKind.SERVER, attributes: own }).end();
  }
  const encode = createSpanEncoder();
  bench("OpenTelemetry's serializer", () => do_not_optimize(ProtobufTraceSerializer.serializeRequest(ended))).baseline(
    true,
  );
  const encodeRequest = createTraceRequestEncoder();
  bench("ours, span by span", () => do_not_optimize(encodeRequest(ended.map(encode))));
});

group("record a duration", () => {
  const set = {
    "http.request.method": "GET",
    "url.scheme": "http",
    "http.route": "/rolldice",
    "http.response.status_code": 200,
  };
  const { meter } = traced;
  const sdk = meter.createHistogram("micro.sdk", { unit: "s" });
  const ours = createDurationHistogram(meter, "micro.ours", "");
  bench("by the SDK", () => sdk.record(0.01, { ...set })).baseline(true);
  bench("a series that is looked up each time", () => ours.series(set).record(0.01));
  const series = ours.series(set);
  bench("a series that is kept", () => series.record(0.01));
});

await run();
process.exit(0);
