/** Every span is counted as exported, dropped or given up, with the SDK's own batch processor in between. */
import { describe, expect, test } from "bun:test";
import { type Context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { BasicTracerProvider, BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { readTelemetryConfig } from "../config.ts";
import { startReporting } from "../start-reporting.fixture.ts";
import { createDelivery } from "./delivery.ts";
import { TOO_LATE } from "./failure.ts";
import { createOutageLog } from "./outage-log.ts";
import { never, startReceiver } from "./receiver.fixture.ts";
import type { Outcome } from "./sender.ts";

const limits = { scheduleDelayMs: 60_000, exportTimeoutMs: 1000, maxQueueSize: 10, maxBatchSize: 5 };
const delivered: Outcome = { ok: true, rejected: 0, reason: "" };
const destination = { signal: "TRACES", otlp: readTelemetryConfig({}).config.traces.otlp } as const;
const failed = { ok: false, reason: "no", advice: "", errorType: "no" } as const;

/** A delivery whose batches are answered by hand. */
function start() {
  const batches: { readonly count: number; readonly answer: (outcome: Outcome) => void }[] = [];
  const lines: string[] = [];
  const timeIsUp = new AbortController();
  const sender = {
    send: (items: ReadableSpan[]) => {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      batches.push({ count: items.length, answer: resolve });
      timeIsUp.signal.addEventListener("abort", () => resolve({ ...failed, errorType: "shutdown" }));
      return promise;
    },
    lastPost: () => ({ destination, body: new Uint8Array() }),
    readLast: () => TOO_LATE,
    close: () => {},
  };
  const outages = createOutageLog("spans", "here", (_level, message) => void lines.push(message));
  const delivery = createDelivery<ReadableSpan>(
    sender,
    { traceOf: (span) => span.spanContext().traceId, flushesAtOnce: true, batch: limits },
    outages,
    timeIsUp.signal,
  );
  const processor = new BatchSpanProcessor(delivery.exporter, {
    maxQueueSize: limits.maxQueueSize,
    maxExportBatchSize: limits.maxBatchSize,
    scheduledDelayMillis: limits.scheduleDelayMs,
  });
  const tracer = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => {
          if (delivery.admits(span)) processor.onEnd(span);
        },
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  }).getTracer("test");
  const end = (count: number, parent: Context = ROOT_CONTEXT): void => {
    for (let index = 0; index < count; index += 1) tracer.startSpan("a", {}, parent).end();
  };
  const flush = (): Promise<void> => delivery.flush(processor);
  const shutdown = (): Promise<void> => delivery.shutdown(processor);
  return { ...delivery, processor, batches, lines, timeIsUp, end, flush, shutdown };
}

test("a request with many spans takes half of the queue at most, and the spans of others are not lost", async () => {
  const run = start();
  const spanContext = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: TraceFlags.SAMPLED };
  const large = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  run.end(30, large);
  await turn();
  // The first batch is on its way.
  expect(run.totals).toMatchObject({ inFlight: 5, queued: 5, droppedFull: 20 });
  run.end(5);
  expect(run.totals).toMatchObject({ queued: 10, droppedFull: 20 });
  run.batches[0]?.answer(delivered);
  await turn();
  await turn();
  expect(run.totals).toMatchObject({ exported: 5, inFlight: 5, queued: 5 });
  run.end(1, large);
  expect(run.totals.droppedFull).toBe(20);
});

/** Lets everything run that is ready to. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function sum({ totals }: ReturnType<typeof start>): number {
  const lost = [...totals.failed.values()].reduce((total, count) => total + count, 0);
  return totals.queued + totals.inFlight + totals.exported + totals.droppedFull + totals.droppedClosed + lost;
}

describe("made = queued + in flight + exported + given up + dropped", () => {
  test("while a batch is under way, the queue is full, and afterwards", async () => {
    const run = start();
    run.end(30);
    await turn();
    expect(run.totals).toMatchObject({ inFlight: 5, queued: 10, droppedFull: 15 });
    expect(sum(run)).toBe(30);
    const flushed = run.flush();
    for (const [index, outcome] of [delivered, failed, { ...delivered, rejected: 2 }].entries()) {
      await turn();
      run.batches[index]?.answer(outcome);
    }
    await flushed;
    expect(run.totals).toMatchObject({ inFlight: 0, queued: 0, exported: 8 });
    expect(Object.fromEntries(run.totals.failed)).toEqual({ no: 5, rejected: 2 });
    expect(sum(run)).toBe(30);
  });

  test("where the receiver says that it rejected more than it got", async () => {
    const run = start();
    run.end(5);
    const flushed = run.flush();
    await turn();
    run.batches[0]?.answer({ ...delivered, rejected: 9 });
    await flushed;
    expect(run.totals.exported).toBe(0);
    expect(Object.fromEntries(run.totals.failed)).toEqual({ rejected: 5 });
    expect(sum(run)).toBe(5);
  });

  test("when the time to shut down is up, and for what comes after that", async () => {
    const run = start();
    run.end(12);
    const over = run.shutdown();
    await turn();
    run.timeIsUp.abort();
    await over;
    run.end(3);
    expect(run.batches).toHaveLength(1);
    expect(run.totals).toMatchObject({ queued: 0, inFlight: 0, droppedClosed: 3 });
    expect(Object.fromEntries(run.totals.failed)).toEqual({ shutdown: 12 });
    expect(sum(run)).toBe(15);
    expect(run.lines.at(-1)).toContain("12 spans lost");
  });
});

describe("batches", () => {
  test("go out one at a time, also those of a flush, of which the SDK begins all at once", async () => {
    const run = start();
    run.end(10);
    const flushed = run.flush();
    await turn();
    expect(run.batches.map(({ count }) => count)).toEqual([5]);
    run.batches[0]?.answer(delivered);
    await turn();
    run.batches[1]?.answer(delivered);
    await flushed;
    expect(run.totals.exported).toBe(10);
  });

  test("that come while another is under way go out together, and wait in the queue until then", async () => {
    const run = start();
    run.end(5);
    for (let count = 0; count < 3; count += 1) {
      run.end(1);
      // The SDK does not wait for the receiver.
      await run.processor.forceFlush();
    }
    expect(run.totals).toMatchObject({ inFlight: 5, queued: 3 });
    run.batches[0]?.answer(delivered);
    await turn();
    expect(run.totals).toMatchObject({ inFlight: 3, queued: 0, exported: 5 });
    const flushed = run.flush();
    run.batches[1]?.answer(delivered);
    await flushed;
    expect(run.batches.map(({ count }) => count)).toEqual([5, 3]);
    expect(run.totals).toMatchObject({ inFlight: 0, exported: 8 });
  });
});

describe("flush()", () => {
  test("waits for the export that is under way, for which the SDK does not wait", async () => {
    const run = start();
    run.end(5);
    await turn();
    let flushed = false;
    const flush = run.flush().then(() => {
      flushed = true;
    });
    await turn();
    expect(flushed).toBe(false);
    run.batches[0]?.answer(delivered);
    await flush;
    expect(run.totals.exported).toBe(5);
  });
});

describe("with the whole pipeline", () => {
  test("log records that come during a flush are not lost by the shutdown that follows at once", async () => {
    const bodies: string[] = [];
    const server = Bun.serve({
      port: 0,
      fetch: async (request) => {
        bodies.push(await request.text());
        return Response.json({});
      },
    });
    const env = {
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}`,
    };
    const { telemetry } = startReporting(env);
    telemetry.logger.emit({ body: "before" });
    const flushed = telemetry.flush();
    telemetry.logger.emit({ body: "meanwhile" });
    await Promise.all([flushed, telemetry.shutdown()]);
    await server.stop(true);
    for (const body of ["before", "meanwhile"]) expect(bodies.join()).toContain(body);
  });

  test("more batches than the stock exporter sends at a time are all sent", async () => {
    await using receiver = startReceiver();
    const { telemetry, lines } = startReporting({ ...receiver.env, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1" });
    for (let count = 0; count < 100; count += 1) telemetry.tracer.startSpan("a").end();
    await telemetry.shutdown();
    expect(receiver.spans).toHaveLength(100);
    expect(lines).toHaveLength(1);
  });

  test("a receiver that hangs: one line when the loss begins, one at the end, and no line of the SDK", async () => {
    await using receiver = startReceiver(never);
    const env = { ...receiver.env, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1", OTEL_BSP_EXPORT_TIMEOUT: "20" };
    const { telemetry, lines } = startReporting(env, { register: true });
    for (let count = 0; count < 5; count += 1) telemetry.tracer.startSpan("a").end();
    await telemetry.flush();
    await telemetry.shutdown();
    expect(lines.slice(1).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Cannot send spans to .*: no answer within 20 ms\. .* Spans are lost until it works again\.$/,
      ),
      expect.stringMatching(/^Stopped while spans could not be sent to .*: 5 spans lost in 1 s$/),
    ]);
  });
});
