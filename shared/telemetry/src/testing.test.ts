import { expect, test } from "bun:test";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { startTestTelemetry } from "./testing.ts";

test("spans are plain objects, in the order in which they ended", async () => {
  const { telemetry, spans, shutdown } = startTestTelemetry();
  telemetry.tracer.startActiveSpan("outer", { kind: SpanKind.SERVER, attributes: { a: 1 } }, (outer) => {
    telemetry.tracer
      .startSpan("inner")
      .addEvent("e", { b: 2 })
      .setStatus({ code: SpanStatusCode.ERROR, message: "x" })
      .end();
    outer.end();
  });
  const [inner, outer] = spans();
  expect(inner).toMatchObject({
    name: "inner",
    kind: "INTERNAL",
    parentSpanId: outer?.spanId,
    traceId: outer?.traceId,
    parentIsRemote: false,
    events: [{ name: "e", attributes: { b: 2 } }],
    status: "ERROR",
    statusMessage: "x",
  });
  expect(outer).toMatchObject({ name: "outer", kind: "SERVER", parentSpanId: undefined, attributes: { a: 1 } });
  await shutdown();
});

test("waitForSpans waits for a number or a condition", async () => {
  const { telemetry, waitForSpans, reset, shutdown } = startTestTelemetry();
  const two = waitForSpans(2);
  const named = waitForSpans((spans) => spans.some(({ name }) => name === "b"));
  telemetry.tracer.startSpan("a").end();
  telemetry.tracer.startSpan("b").end();
  expect((await two).map(({ name }) => name)).toEqual(["a", "b"]);
  expect(await named).toHaveLength(2);
  reset();
  expect(await waitForSpans(0)).toEqual([]);
  await shutdown();
});

test("metrics and logs can be read at once", async () => {
  const { telemetry, metrics, logs, shutdown } = startTestTelemetry();
  telemetry.meter.createCounter("orders", { unit: "{order}" }).add(2, { kind: "online" });
  telemetry.logger.emit({ body: "hello", severityNumber: 9 });
  expect((await metrics()).find(({ name }) => name === "orders")).toEqual({
    name: "orders",
    unit: "{order}",
    dataPoints: [{ attributes: { kind: "online" }, value: 2 }],
  });
  expect(logs()).toMatchObject([{ body: "hello", severityNumber: 9, traceId: undefined }]);
  await shutdown();
});
