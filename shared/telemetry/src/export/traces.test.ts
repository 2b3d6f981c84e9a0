import { expect, test } from "bun:test";
import { type ReadableSpan, type Sampler, SamplingDecision } from "@opentelemetry/sdk-trace-base";
import { startReporting } from "../start-reporting.fixture.ts";
import { startReceiver } from "./receiver.fixture.ts";

test("a span that is recorded but not sampled is not exported", async () => {
  await using receiver = startReceiver();
  const sampler: Sampler = {
    shouldSample: (_context, _traceId, name) => ({
      decision: name === "sampled" ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD,
    }),
  };
  // A queue of one: what is not exported must not fill it.
  await using reporting = startReporting({ ...receiver.env, OTEL_BSP_MAX_QUEUE_SIZE: "1" }, { sampler });
  for (const name of ["recorded", "recorded", "sampled"]) reporting.telemetry.tracer.startSpan(name).end();
  await reporting.telemetry.flush();
  expect(receiver.spans).toEqual(["sampled"]);
});

test("the SDK does not complain again of what the process's environment holds", async () => {
  process.env.OTEL_TRACES_SAMPLER = "xray";
  try {
    const env = { OTEL_TRACES_SAMPLER: "xray" };
    await using first = startReporting(env, { register: true });
    await using second = startReporting(env, {});
    for (const { lines } of [first, second]) {
      expect(lines.map(({ message }) => message).filter((message) => message.includes("SAMPLER"))).toHaveLength(1);
    }
  } finally {
    delete process.env.OTEL_TRACES_SAMPLER;
  }
});

test("additional processors see each span, and one that fails to shut down does not matter", async () => {
  const seen: string[] = [];
  const processor = {
    onStart: () => {},
    onEnd: (span: ReadableSpan) => void seen.push(span.name),
    forceFlush: () => Promise.reject(new Error("no")),
    shutdown: () => Promise.reject(new Error("no")),
  };
  await using reporting = startReporting({}, { spanProcessors: [processor] });
  reporting.telemetry.tracer.startSpan("a").end();
  expect(seen).toEqual(["a"]);
  await reporting.telemetry.flush();
});

test("one that never ends its shutdown does not hold the process", async () => {
  const hanging = { onStart: () => {}, onEnd: () => {}, forceFlush: () => new Promise<void>(() => {}) };
  const processor = { ...hanging, shutdown: () => new Promise<void>(() => {}) };
  const { telemetry } = startReporting({}, { spanProcessors: [processor], shutdownTimeoutMs: 1 });
  await telemetry.flush();
  await telemetry.shutdown();
});

test("flush() and shutdown() resolve in time while the receiver hangs, and what is lost is logged", async () => {
  const server = Bun.serve({ port: 0, idleTimeout: 0, fetch: () => new Promise<Response>(() => {}) });
  const env = { OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}` };
  const { telemetry, lines } = startReporting(env, { shutdownTimeoutMs: 20 });
  for (let count = 0; count < 3; count += 1) telemetry.tracer.startSpan("a").end();
  await telemetry.flush();
  expect(lines).toHaveLength(1);
  await telemetry.shutdown();
  expect(lines.at(-1)?.fields).toMatchObject({ lost: 3 });
  await server.stop(true);
});
