import { describe, expect, test } from "bun:test";
import { metrics, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { startReporting } from "./start-reporting.fixture.ts";
import { startTestTelemetry } from "./testing.ts";

describe("the globals", () => {
  test("are registered, and taken back at the end so that the next one can start", async () => {
    for (const name of ["first", "second"]) {
      const memory = startTestTelemetry({ serviceName: name, register: true });
      trace.getTracer("library").startSpan("from a library").end();
      logs.getLogger("library").emit({ body: "from a library" });
      metrics.getMeter("library").createCounter("calls").add(1);
      const headers: Record<string, string> = {};
      const active = trace.setSpan(ROOT_CONTEXT, memory.telemetry.tracer.startSpan("a"));
      propagation.inject(active, headers);
      expect(memory.spans().map((span) => span.name)).toEqual(["from a library"]);
      expect(memory.logs().map(({ body }) => body)).toEqual(["from a library"]);
      expect((await memory.metrics()).map((metric) => metric.name)).toContain("calls");
      expect(headers).toHaveProperty("traceparent");
      await memory.shutdown();
      expect(trace.getTracer("library").startSpan("after").isRecording()).toBe(false);
    }
  });

  test("stay with the first telemetry, and the second says so", async () => {
    const first = startTestTelemetry({ register: true });
    const { lines, telemetry } = startReporting({}, { register: true });
    expect(lines.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("Another telemetry is registered"),
    );
    await telemetry.shutdown();
    trace.getTracer("library").startSpan("still recorded").end();
    expect(first.spans()).toHaveLength(1);
    await first.shutdown();
  });

  test("are left alone with register: false, where two telemetries share a process", async () => {
    const one = startTestTelemetry({ serviceName: "one" });
    const two = startTestTelemetry({ serviceName: "two" });
    one.telemetry.tracer.startActiveSpan("a", (span) => {
      two.telemetry.tracer.startSpan("b").end();
      span.end();
    });
    expect(trace.getTracer("library").startSpan("c").isRecording()).toBe(false);
    const [a] = one.spans();
    expect(two.spans()[0]).toMatchObject({ name: "b", traceId: a?.traceId, parentSpanId: a?.spanId });
    await Promise.all([one.shutdown(), two.shutdown()]);
  });
});
