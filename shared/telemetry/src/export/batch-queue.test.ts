import { describe, expect, test } from "bun:test";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { startTestTelemetry } from "../testing.ts";
import { createBatchQueue } from "./batch-queue.ts";
import { createOutageLog } from "./outage-log.ts";
import type { Sender, SendOutcome } from "./sender.ts";

const SENT: SendOutcome = { ok: true, rejected: 0 };
const FAILED: SendOutcome = { ok: false, reason: "refused", errorType: "503" };
const LIMITS = { scheduleDelayMs: 60_000, exportTimeoutMs: 30_000, maxQueueSize: 20, maxBatchSize: 5 };

interface Call {
  readonly batch: readonly number[];
  readonly signal: AbortSignal;
  readonly settle: (outcome: SendOutcome) => void;
}

/** A sender that is told, call by call, how each export ends; by default all of them succeed at once. */
function createSender(answer: "by hand" | (() => Promise<SendOutcome>) = async () => SENT) {
  const calls: Call[] = [];
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const sender: Sender<number[]> = {
    target: "nowhere",
    componentType: "test_exporter",
    send: (batch, signal) => {
      const { promise, resolve } = Promise.withResolvers<SendOutcome>();
      calls.push({ batch: [...batch], signal, settle: resolve });
      for (const wake of waiting.splice(0)) wake();
      return answer === "by hand" ? promise : answer();
    },
    hurry: () => void events.push("hurry"),
    close: () => void events.push("close"),
  };
  /** Resolves with the call of that index once it was made. */
  const call = async (index: number): Promise<Call> => {
    for (;;) {
      const found = calls[index];
      if (found) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { sender, calls, events, call };
}

function createQueue(sender: Sender<number[]>, limits: Partial<typeof LIMITS> = {}) {
  const lines: string[] = [];
  const outages = createOutageLog("items", sender.target, (_level, message) => void lines.push(message));
  return { queue: createBatchQueue(sender, { ...LIMITS, ...limits }, outages), lines };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe("batches", () => {
  test("a full batch goes out without waiting for the timer, but not in the tick that filled it", async () => {
    const { sender, calls, call } = createSender();
    const { queue } = createQueue(sender);
    for (const item of range(0, 7)) queue.push(item);
    expect(calls).toHaveLength(0);
    expect((await call(0)).batch).toEqual([0, 1, 2, 3, 4]);
    expect(queue.totals.queued).toBe(2);
  });

  test("what does not fill a batch goes out when the delay is over", async () => {
    const { sender, call } = createSender();
    const { queue } = createQueue(sender, { scheduleDelayMs: 0 });
    queue.push(1);
    expect((await call(0)).batch).toEqual([1]);
  });

  test("there is one export at a time, and items keep their order", async () => {
    const { sender, calls, call } = createSender("by hand");
    const { queue } = createQueue(sender);
    for (const item of range(0, 15)) queue.push(item);
    const first = await call(0);
    queue.push(15);
    expect(calls).toHaveLength(1);
    first.settle(SENT);
    (await call(1)).settle(SENT);
    (await call(2)).settle(SENT);
    const flushed = queue.flush();
    (await call(3)).settle(SENT);
    await flushed;
    expect(calls.flatMap(({ batch }) => batch)).toEqual(range(0, 16));
  });

  test("a burst below the queue's size loses nothing", async () => {
    const { sender, calls } = createSender();
    const { queue, lines } = createQueue(sender, { maxQueueSize: 5000, maxBatchSize: 512 });
    for (const item of range(0, 5000)) queue.push(item);
    await queue.flush();
    expect(calls.flatMap(({ batch }) => batch)).toEqual(range(0, 5000));
    expect(Math.max(...calls.map(({ batch }) => batch.length))).toBe(512);
    expect(queue.totals).toMatchObject({ exported: 5000, droppedFull: 0, queued: 0, inFlight: 0 });
    expect(lines).toEqual([]);
  });

  test("what does not fit is dropped and counted, and told in one line until it is over", async () => {
    const { sender } = createSender();
    const { queue, lines } = createQueue(sender);
    for (const item of range(0, 50)) queue.push(item);
    expect(queue.totals).toMatchObject({ queued: 20, droppedFull: 30 });
    expect(lines).toHaveLength(1);
    await queue.flush();
    await queue.shutdown(1000);
    expect(lines.slice(1)).toEqual(["Sending items to nowhere works again: 30 items lost in 1 s"]);
  });

  test("an export runs outside of the request that filled the batch, with tracing off", async () => {
    const { telemetry } = startTestTelemetry();
    const key = createContextKey("request");
    const seen: { suppressed: boolean; request: unknown }[] = [];
    const { sender } = createSender(async () => {
      const active = context.active();
      seen.push({ suppressed: isTracingSuppressed(active), request: active.getValue(key) });
      return SENT;
    });
    const { queue } = createQueue(sender);
    await context.with(ROOT_CONTEXT.setValue(key, "a request"), async () => {
      queue.push(1);
      await queue.flush();
    });
    expect(seen).toEqual([{ suppressed: true, request: undefined }]);
    await telemetry.shutdown();
  });
});

describe("flush", () => {
  test("takes all that was pushed before it, also what does not fill a batch", async () => {
    const { sender, calls } = createSender();
    const { queue } = createQueue(sender);
    for (const item of range(0, 12)) queue.push(item);
    await queue.flush();
    expect(calls.map(({ batch }) => batch.length)).toEqual([5, 5, 2]);
  });

  test("waits for the export that is under way", async () => {
    const { sender, call } = createSender("by hand");
    const { queue } = createQueue(sender);
    for (const item of range(0, 5)) queue.push(item);
    const first = await call(0);
    let flushed = false;
    const flush = queue.flush().then(() => {
      flushed = true;
    });
    await Promise.resolve();
    expect(flushed).toBe(false);
    first.settle(SENT);
    await flush;
  });

  test("of an empty queue sends nothing", async () => {
    const { sender, calls } = createSender();
    await createQueue(sender).queue.flush();
    expect(calls).toEqual([]);
  });

  test("goes on after a failed batch", async () => {
    const { sender, calls } = createSender(async () => FAILED);
    const { queue, lines } = createQueue(sender);
    for (const item of range(0, 10)) queue.push(item);
    await queue.flush();
    expect(calls).toHaveLength(2);
    expect(queue.totals.failed).toEqual(new Map([["503", 10]]));
    expect(lines).toEqual([expect.stringMatching(/^Cannot send items to nowhere: refused\./)]);
  });
});

describe("a sender that misbehaves", () => {
  test("one that never answers is given up after the export timeout", async () => {
    const { sender, calls } = createSender("by hand");
    const { queue } = createQueue(sender, { exportTimeoutMs: 1 });
    queue.push(1);
    await queue.flush();
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(queue.totals.failed).toEqual(new Map([["timeout", 1]]));
  });

  test("one that throws or rejects costs its batch and nothing else", async () => {
    const { sender, calls } = createSender(() => Promise.reject(new TypeError("broken")));
    const { queue } = createQueue(sender);
    queue.push(1);
    await queue.flush();
    queue.push(2);
    await queue.flush();
    expect(calls).toHaveLength(2);
    expect(queue.totals.failed).toEqual(new Map([["TypeError", 2]]));
  });

  test("what the receiver refuses of a batch counts as not exported", async () => {
    const { sender } = createSender(async () => ({ ok: true, rejected: 2, reason: "too old" }));
    const { queue, lines } = createQueue(sender);
    for (const item of range(0, 5)) queue.push(item);
    await queue.flush();
    expect(queue.totals).toMatchObject({ exported: 3, processed: 5 });
    expect(queue.totals.failed).toEqual(new Map([["rejected", 2]]));
    expect(lines[0]).toContain("refused: too old");
  });
});

describe("shutdown", () => {
  test("sends what is left, then closes the sender, once", async () => {
    const { sender, calls, events } = createSender();
    const { queue } = createQueue(sender);
    for (const item of range(0, 7)) queue.push(item);
    await Promise.all([queue.shutdown(1000), queue.shutdown(1000)]);
    expect(calls.flatMap(({ batch }) => batch)).toEqual(range(0, 7));
    expect(events).toEqual(["hurry", "close"]);
  });

  test("later items are dropped and counted", async () => {
    const { sender, calls } = createSender();
    const { queue } = createQueue(sender);
    await queue.shutdown(1000);
    queue.push(1);
    await queue.flush();
    expect(calls).toEqual([]);
    expect(queue.totals.droppedClosed).toBe(1);
  });

  test("with a receiver that hangs it ends in time and tells how many were lost", async () => {
    const { sender, calls, events } = createSender("by hand");
    const { queue, lines } = createQueue(sender);
    for (const item of range(0, 12)) queue.push(item);
    await queue.shutdown(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(events).toContain("close");
    expect(queue.totals).toMatchObject({ queued: 0, inFlight: 0, exported: 0 });
    expect(lines.at(-1)).toBe(
      "Stopped while items could not be sent to nowhere: 12 items lost in 1 s " +
        "(shut down before it could be sent: 7, shut down: 5)",
    );
  });

  test("after one refused batch it does not try the others", async () => {
    const { sender, calls } = createSender(async () => FAILED);
    const { queue, lines } = createQueue(sender);
    for (const item of range(0, 20)) queue.push(item);
    await queue.shutdown(60_000);
    expect(calls).toHaveLength(1);
    expect(lines.at(-1)).toContain("20 items lost");
  });
});
