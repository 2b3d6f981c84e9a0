/** `telemetryFrom()` with an SDK that the application set up by itself; nothing here calls `startTelemetry()`. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { context, type DiagLogger, DiagLogLevel, diag, SpanKind } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Elysia } from "elysia";
import { createChannel, createClientFactory, createServer } from "nice-grpc";
import { EchoDefinition, echo } from "./grpc/echo.fixture.ts";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "./grpc/index.ts";
import { httpServerTelemetry, tracedFetch } from "./http/index.ts";
import { telemetryFrom } from "./telemetry.ts";

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  const ignore = () => {};
  const warn = (message: string) => void warnings.push(message);
  const logger: DiagLogger = { error: ignore, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  context.disable();
});
afterEach(() => {
  exporter.reset();
  diag.disable();
  // Other tests of this process use it.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

/** GET over HTTP, whose handler makes a unary call. */
async function callThroughBoth(): Promise<readonly ReadableSpan[]> {
  const telemetry = telemetryFrom({ tracerProvider });
  const back = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry));
  back.add(
    EchoDefinition,
    echo(async () => {}),
  );
  const channel = createChannel(`127.0.0.1:${await back.listen("127.0.0.1:0")}`);
  const client = createClientFactory().use(grpcClientTelemetry(telemetry)).create(EchoDefinition, channel);
  const front = new Elysia()
    .use(httpServerTelemetry(telemetry))
    .get("/echo", async () => (await client.unary({ text: "hello" })).text)
    .listen({ port: 0, hostname: "127.0.0.1" });
  try {
    expect(await (await tracedFetch(telemetry)(`${front.server?.url}echo`)).text()).toBe("hello");
  } finally {
    channel.close();
    await back.shutdown();
    await front.stop(true);
  }
  return exporter.getFinishedSpans();
}

describe("telemetryFrom() with a plain BasicTracerProvider", () => {
  test("HTTP and gRPC spans are one trace, each the parent of the next", async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const spans = await callThroughBoth();
    const find = (kind: SpanKind, name: string) => spans.find((span) => span.kind === kind && span.name === name);
    const ordered = [
      find(SpanKind.CLIENT, "GET"),
      find(SpanKind.SERVER, "GET /echo"),
      find(SpanKind.CLIENT, "test.v1.Echo/Unary"),
      find(SpanKind.SERVER, "test.v1.Echo/Unary"),
    ];
    expect(spans).toHaveLength(ordered.length);
    expect(ordered.map((span) => span?.parentSpanContext?.spanId)).toEqual([
      undefined,
      ...ordered.slice(0, -1).map((span) => span?.spanContext().spanId ?? "missing"),
    ]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(warnings).toEqual([]);
  });

  test("without a context manager requests are served, and one warning says how to register one", async () => {
    expect(await callThroughBoth()).toHaveLength(4);
    expect(warnings).toEqual([expect.stringContaining("telemetryFrom: no context manager is registered")]);
    expect(warnings[0]).toContain("context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())");
  });

  test("a propagator that throws breaks no request", async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const fail = (): never => {
      throw new Error("broken");
    };
    const propagator = { inject: fail, extract: fail, fields: () => [] };
    const telemetry = telemetryFrom({ tracerProvider, propagator });
    const back = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry));
    back.add(
      EchoDefinition,
      echo(async () => {}),
    );
    const channel = createChannel(`127.0.0.1:${await back.listen("127.0.0.1:0")}`);
    const client = createClientFactory().use(grpcClientTelemetry(telemetry)).create(EchoDefinition, channel);
    expect(await client.unary({ text: "hello" })).toEqual({ text: "hello" });
    channel.close();
    await back.shutdown();
    expect(warnings.length).toBeGreaterThan(0);
  });
});
