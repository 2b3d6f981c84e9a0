import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";
import { readTelemetryConfig } from "../config.ts";
import { createFetchTransport } from "./fetch-transport.ts";
import { backOff, type Reply, type ReplyFailure, sendWithRetry } from "./retry.ts";

const OK: Reply = { body: new Uint8Array() };
const AGAIN: ReplyFailure = {
  ok: false,
  retry: true,
  unreachable: false,
  reason: "HTTP 503",
  errorType: "503",
};
const UNREACHABLE: ReplyFailure = { ...AGAIN, unreachable: true, reason: "refused", errorType: "ECONNREFUSED" };

function run(replies: readonly Reply[], options: Partial<Parameters<typeof sendWithRetry>[1]> = {}) {
  let tries = 0;
  const last = replies.at(-1) ?? OK;
  const reply = sendWithRetry(async () => replies[tries++] ?? last, {
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    hurry: new AbortController().signal,
    firstDelayMs: 1,
    ...options,
  });
  return { reply, tries: () => tries };
}

describe("https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes", () => {
  test("a retryable answer is tried again until it succeeds", async () => {
    const { reply, tries } = run([AGAIN, AGAIN, OK]);
    expect(await reply).toBe(OK);
    expect(tries()).toBe(3);
  });

  test("any other failure is final", async () => {
    const { reply, tries } = run([{ ...AGAIN, retry: false }, OK]);
    expect(await reply).toMatchObject({ ok: false });
    expect(tries()).toBe(1);
  });

  test("it waits as long as the receiver asks", async () => {
    const started = performance.now();
    await run([{ ...AGAIN, retryAfterMs: 30 }, OK]).reply;
    expect(performance.now() - started).toBeGreaterThanOrEqual(29);
  });

  test("a wish for no wait, or for one in the past, does not undercut the back-off", async () => {
    const { reply, tries } = run([{ ...AGAIN, retryAfterMs: 0 }, OK], { firstDelayMs: 1000, timeoutMs: 500 });
    expect(await reply).toMatchObject({ reason: "HTTP 503" });
    expect(tries()).toBe(1);
  });

  test("it does not wait beyond the timeout", async () => {
    const { reply, tries } = run([{ ...AGAIN, retryAfterMs: 120_000 }, OK]);
    expect(await reply).toMatchObject({ reason: "HTTP 503" });
    expect(tries()).toBe(1);
  });

  test("without a wish it waits longer each time, with jitter, at most 5 s and a fifth", () => {
    const ranges = [
      [800, 1200],
      [1200, 1800],
      [1800, 2700],
      [2700, 4050],
      [4000, 6000],
      [4000, 6000],
    ] as const;
    for (const [index, [least, most]] of ranges.entries()) {
      const delays = Array.from({ length: 100 }, () => backOff(index + 1));
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...delays)).toBeLessThanOrEqual(most);
      expect(new Set(delays).size).toBeGreaterThan(1);
    }
  });
});

test("an attempt that does not end by itself is ended when the time is up", async () => {
  const reply = await sendWithRetry(
    async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return AGAIN;
    },
    { timeoutMs: 10, signal: new AbortController().signal, hurry: new AbortController().signal },
  );
  expect(reply).toBe(AGAIN);
});

describe("ends early", () => {
  test("when the signal aborts during an attempt, or has done so before", async () => {
    for (const isBefore of [true, false]) {
      const controller = new AbortController();
      if (isBefore) controller.abort();
      const reply = sendWithRetry(
        async (signal) => {
          if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return AGAIN;
        },
        { timeoutMs: 60_000, signal: controller.signal, hurry: new AbortController().signal },
      );
      controller.abort();
      expect(await reply).toBe(AGAIN);
    }
  });

  test.each([AGAIN, UNREACHABLE])("when the signal aborts during the wait after %o", async (failure) => {
    const controller = new AbortController();
    const { reply, tries } = run([{ ...failure, retryAfterMs: 59_000 }, OK], { signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    expect(await reply).toMatchObject({ ok: false });
    expect(tries()).toBe(1);
  });

  test("when the process is about to end and nobody is there: one more try, at once", async () => {
    const hurry = new AbortController();
    const { reply, tries } = run([{ ...UNREACHABLE, retryAfterMs: 59_000 }], { hurry: hurry.signal });
    await Promise.resolve();
    hurry.abort();
    expect(await reply).toMatchObject({ errorType: "ECONNREFUSED" });
    expect(tries()).toBe(2);
  });

  test("so too when it is known before the first try", async () => {
    const { reply, tries } = run([{ ...UNREACHABLE, retryAfterMs: 59_000 }], { hurry: AbortSignal.abort() });
    expect(await reply).toMatchObject({ errorType: "ECONNREFUSED" });
    expect(tries()).toBe(2);
  });

  test("but not when the receiver is there and asks to wait", async () => {
    const hurry = new AbortController();
    hurry.abort();
    const { reply, tries } = run([AGAIN, AGAIN, AGAIN, OK], { hurry: hurry.signal });
    expect(await reply).toBe(OK);
    expect(tries()).toBe(4);
  });
});

test("nothing is kept of a wait that is over", async () => {
  const { signal } = new AbortController();
  const hurry = new AbortController().signal;
  const functions = (): number => {
    Bun.gc(true);
    return heapStats().objectTypeCounts.Function ?? 0;
  };
  const before = functions();
  for (let count = 0; count < 300; count++) await run([UNREACHABLE, OK], { signal, hurry }).reply;
  expect(functions() - before).toBeLessThan(100);
});

test("nothing is kept of what was sent", async () => {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { otlp } = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${server.port}` }).config
    .traces;
  const { post } = createFetchTransport(otlp);
  const { signal } = new AbortController();
  const hurry = new AbortController();
  const send = () =>
    sendWithRetry((ending, timeLeft) => post(new Uint8Array(10), ending, timeLeft), {
      timeoutMs: 60_000,
      signal,
      hurry: hurry.signal,
    });
  const alive = (): number => {
    Bun.gc(true);
    const { objectTypeCounts: count } = heapStats();
    return (count.AbortSignal ?? 0) + (count.Function ?? 0);
  };
  await send();
  const before = alive();
  for (let count = 0; count < 300; count++) await send();
  expect(alive() - before).toBeLessThan(100);
  await server.stop(true);
});
