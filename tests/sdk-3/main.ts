/**
 * An application that set up version 3 of the SDK by itself: one request over HTTP, and a call over gRPC inside it. It
 * prints what was recorded as JSON.
 */
import { telemetryFrom } from "@baton/telemetry";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { httpServerTelemetry, tracedFetch } from "@baton/telemetry/http";
import { context, SpanKind } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { Elysia } from "elysia";
import { createChannel, createClientFactory, createServer } from "nice-grpc";

const spans = new InMemorySpanExporter();
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metrics })] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const telemetry = telemetryFrom({ tracerProvider, meterProvider });

interface Message {
  readonly text: string;
}

const message = {
  encode: (value: Message) => ({ finish: () => new TextEncoder().encode(JSON.stringify(value)) }),
  decode: (bytes: Uint8Array): Message => JSON.parse(new TextDecoder().decode(bytes)),
  fromPartial: (value: Partial<Message>): Message => ({ text: "", ...value }),
};
const definition = {
  name: "Echo",
  fullName: "test.v1.Echo",
  methods: {
    echo: {
      name: "Echo",
      requestType: message,
      requestStream: false,
      responseType: message,
      responseStream: false,
      options: {},
    },
  },
} as const;

const back = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry));
back.add(definition, { echo: async (value: Message) => value });
const port = await back.listen("127.0.0.1:0");
const channel = createChannel(`127.0.0.1:${port}`);
const client = createClientFactory().use(grpcClientTelemetry(telemetry)).create(definition, channel);
const front = new Elysia()
  .use(httpServerTelemetry(telemetry))
  .get("/echo/:word", async ({ params }) => (await client.echo({ text: params.word })).text)
  .listen({ port: 0, hostname: "127.0.0.1" });

const response = await tracedFetch(telemetry)(`${front.server?.url}echo/hello`);
const answer = await response.text();
await back.shutdown();
channel.close();
await front.stop(true);
await Promise.all([tracerProvider.forceFlush(), meterProvider.forceFlush()]);

console.log(
  JSON.stringify({
    answer,
    spans: spans.getFinishedSpans().map((span) => ({
      kind: SpanKind[span.kind],
      name: span.name,
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: span.parentSpanContext?.spanId,
    })),
    metrics: metrics.getMetrics().flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((scope) =>
        scope.metrics.map(({ descriptor, dataPoints }) => ({
          name: descriptor.name,
          unit: descriptor.unit,
          points: dataPoints.map(({ value }) => value),
        })),
      ),
    ),
  }),
);
process.exit(0);
