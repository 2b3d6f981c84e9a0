import { describe, expect, test } from "bun:test";
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
  test("when the signal aborts during the wait", async () => {
    const controller = new AbortController();
    const { reply, tries } = run([{ ...AGAIN, retryAfterMs: 59_000 }, OK], { signal: controller.signal });
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

  test("but not when the receiver is there and asks to wait", async () => {
    const hurry = new AbortController();
    hurry.abort();
    const { reply, tries } = run([AGAIN, AGAIN, AGAIN, OK], { hurry: hurry.signal });
    expect(await reply).toBe(OK);
    expect(tries()).toBe(4);
  });
});
