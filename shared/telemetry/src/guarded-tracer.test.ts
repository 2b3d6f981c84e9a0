/** What a user gives to an SDK may throw. A request and its answer are the same as without telemetry. */
import { describe, expect, test } from "bun:test";
import { type Context, context, DiagLogLevel, diag, type TracerProvider } from "@opentelemetry/api";
import { BasicTracerProvider, type Sampler, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createChannel, createClientFactory, createServer } from "nice-grpc";
import { EchoDefinition, echo } from "./grpc/echo.fixture.ts";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "./grpc/index.ts";
import { tracedFetch, tracedHandler } from "./http/index.ts";
import { withSpan } from "./span.ts";
import { telemetryFrom } from "./telemetry.ts";

const fail = (): never => {
  throw new Error("a mistake of the user");
};
const done = () => Promise.resolve();
const processor = (part: Partial<SpanProcessor>): TracerProvider =>
  new BasicTracerProvider({
    spanProcessors: [{ onStart: () => {}, onEnd: () => {}, forceFlush: done, shutdown: done, ...part }],
  });

const providers: Readonly<Record<string, TracerProvider>> = {
  "a sampler that throws": new BasicTracerProvider({ sampler: { shouldSample: fail, toString: () => "failing" } }),
  "a sampler that decides nothing": new BasicTracerProvider({
    sampler: { shouldSample: () => undefined, toString: () => "empty" } as unknown as Sampler,
  }),
  "an id generator that throws": new BasicTracerProvider({
    idGenerator: { generateTraceId: fail, generateSpanId: fail },
  }),
  "a processor whose onStart throws": processor({ onStart: fail }),
  "a processor whose onEnd throws": processor({ onEnd: fail }),
  "a processor whose onEnding throws": processor({ onEnding: fail } as Partial<SpanProcessor>),
};

const failingMeter = {
  getMeter: () => ({
    createHistogram: () => ({ record: fail }),
    createUpDownCounter: () => ({ add: fail }),
  }),
};

const cases = Object.entries(providers).map(([what, tracerProvider]) => [what, { tracerProvider }] as const);
const meterProvider = failingMeter as unknown as import("@opentelemetry/api").MeterProvider;

test("a log line says once which part threw, and what follows", () => {
  const errors: string[] = [];
  const ignore = () => {};
  diag.setLogger(
    { error: (message) => errors.push(message), warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  for (const tracerProvider of Object.values(providers)) withSpan(telemetryFrom({ tracerProvider }), "a", () => {});
  diag.disable();
  expect(errors).toEqual([
    "Tracer.startSpan threw, the span is not recorded (reported once): Error: a mistake of the user",
    "Span.end threw, the span may be lost (reported once): Error: a mistake of the user",
  ]);
});

describe.each([
  ...cases,
  ["instruments that throw", { tracerProvider: new BasicTracerProvider(), meterProvider }] as const,
  [
    "a propagator that extracts nothing",
    {
      tracerProvider: new BasicTracerProvider(),
      propagator: { inject: () => {}, extract: () => undefined as unknown as Context, fields: () => [] },
    },
  ] as const,
])("%s", (_, given) => {
  const telemetry = telemetryFrom(given);

  test("withSpan() and startActiveSpan() return what the work returns, and throw what it throws", async () => {
    expect(withSpan(telemetry, "a", () => 1)).toBe(1);
    expect(await withSpan(telemetry, "a", async () => 2)).toBe(2);
    expect(telemetry.tracer.startActiveSpan("a", {}, context.active(), () => 3)).toBe(3);
    const error = new Error("of the work");
    expect(() =>
      withSpan(telemetry, "a", () => {
        throw error;
      }),
    ).toThrow(error);
  });

  test("a request over HTTP is answered", async () => {
    const options = { activeRequests: true, bodySizes: true };
    const handle = tracedHandler(telemetry, options)(() => new Response("ok"));
    await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => handle(request) });
    expect(await (await tracedFetch(telemetry, options)(server.url.href)).text()).toBe("ok");
  });

  test("calls over gRPC are answered", async () => {
    const server = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry));
    server.add(EchoDefinition, echo(done));
    const channel = createChannel(`127.0.0.1:${await server.listen("127.0.0.1:0")}`);
    const client = createClientFactory().use(grpcClientTelemetry(telemetry)).create(EchoDefinition, channel);
    expect(await client.unary({ text: "a" })).toEqual({ text: "a" });
    const texts: string[] = [];
    for await (const { text } of client.serverStream({ text: "b" })) texts.push(text);
    expect(texts).toEqual(["b", "b"]);
    channel.close();
    server.forceShutdown();
  });
});
