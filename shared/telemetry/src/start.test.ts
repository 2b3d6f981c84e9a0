import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { startReceiver } from "./export/receiver.fixture.ts";
import { startReporting } from "./start-reporting.fixture.ts";
import { startTestTelemetry } from "./testing.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("OTEL_SDK_DISABLED=true", () => {
  test("records nothing and still passes the context on", () => {
    const { telemetry, lines } = startReporting({ OTEL_SDK_DISABLED: "true" });
    const incoming = telemetry.propagator.extract(
      ROOT_CONTEXT,
      { traceparent: PARENT, baggage: "a=1" },
      defaultTextMapGetter,
    );
    const span = telemetry.tracer.startSpan("a", {}, incoming);
    expect(span.isRecording()).toBe(false);
    const headers: Record<string, string> = {};
    telemetry.propagator.inject(trace.setSpan(incoming, span), headers, defaultTextMapSetter);
    expect(headers).toMatchObject({ traceparent: PARENT, baggage: "a=1" });
    expect(telemetry.logger.enabled({ severityNumber: 17 })).toBe(false);
    expect(lines.map(({ message }) => message)).toEqual([
      "Telemetry is disabled by OTEL_SDK_DISABLED; context still travels",
    ]);
  });

  test("keeps the context manager, so that the context survives an await", async () => {
    startReporting({ OTEL_SDK_DISABLED: "true" });
    const incoming = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ a: { value: "1" } }));
    await context.with(incoming, async () => {
      await Promise.resolve();
      expect(propagation.getActiveBaggage()?.getEntry("a")?.value).toBe("1");
    });
  });
});

test("a sampler of the program replaces the configured one", async () => {
  const sampler = new AlwaysOffSampler();
  const { telemetry, lines } = startReporting({ OTEL_TRACES_SAMPLER: "always_on" }, { sampler });
  expect(telemetry.tracer.startSpan("a").isRecording()).toBe(false);
  expect(lines[0]?.fields).toMatchObject({ sampler: "AlwaysOffSampler" });
  await telemetry.shutdown();
});

test("the value of a baggage entry is recorded without the secrets of URLs in it", async () => {
  const { telemetry, spans, shutdown } = startTestTelemetry({ baggageAttributes: ["callback"] });
  const baggage = propagation.createBaggage({ callback: { value: "http://me:s3cret@h/?token=s3cret" } });
  telemetry.tracer.startSpan("a", {}, propagation.setBaggage(ROOT_CONTEXT, baggage)).end();
  expect(spans().at(-1)?.attributes.callback).toBe("http://REDACTED:REDACTED@h/?token=REDACTED");
  await shutdown();
});

describe("a system clock that jumps by an hour", () => {
  afterEach(() => void setSystemTime());

  test.each([1, -1])("%d: a span lasts as long as its work, and the next ones are sent", async (hours) => {
    await using receiver = startReceiver();
    await using run = startReporting({ ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: "1" });
    const test = startTestTelemetry();
    const [sent, kept] = [run.telemetry, test.telemetry].map(({ tracer }) => tracer.startSpan("during the jump"));
    setSystemTime(Date.now() + hours * 3_600_000);
    sent?.end();
    kept?.end();
    const [span] = test.spans();
    expect(span?.durationMs).toBeGreaterThanOrEqual(0);
    expect(span?.durationMs).toBeLessThan(60_000);
    await run.telemetry.flush();
    run.telemetry.tracer.startSpan("afterwards").end();
    while (receiver.spans.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(receiver.spans).toEqual(["during the jump", "afterwards"]);
    await test.shutdown();
  });
});

describe("baggageAttributes", () => {
  test("allowed keys become attributes of spans and log records; no other key does", async () => {
    const { telemetry, spans, logs: records, shutdown } = startTestTelemetry({ baggageAttributes: ["user.id"] });
    const baggage = propagation.createBaggage({ "user.id": { value: "7" }, secret: { value: "x" } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
      telemetry.tracer.startSpan("a").end();
      telemetry.logger.emit({ body: "hello" });
    });
    expect(spans()[0]?.attributes).toEqual({ "user.id": "7" });
    expect(records()[0]?.attributes).toEqual({ "user.id": "7" });
    await shutdown();
  });

  test("a long value is cut: every span of the trace would carry it", async () => {
    const { telemetry, spans, logs: records, shutdown } = startTestTelemetry({ baggageAttributes: ["long"] });
    const baggage = propagation.createBaggage({ long: { value: "x".repeat(4096) } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
      telemetry.tracer.startSpan("a").end();
      telemetry.logger.emit({ body: "hello" });
    });
    expect(spans()[0]?.attributes).toEqual({ long: "x".repeat(256) });
    expect(records()[0]?.attributes).toEqual({ long: "x".repeat(256) });
    await shutdown();
  });
});
