/** Repeats what the OTLP specification calls retryable, with exponential back-off and jitter, inside one deadline. */
import type { SendFailure } from "./sender.ts";

export type Reply = ReplyBody | ReplyFailure;

export interface ReplyBody {
  readonly body: Uint8Array;
}

export interface ReplyFailure extends SendFailure {
  /** Another try may succeed. */
  readonly retry: boolean;
  /** No answer at all: the receiver was not reached, or the connection broke. */
  readonly unreachable: boolean;
  /** The receiver asks to wait this long. */
  readonly retryAfterMs?: number;
}

export interface RetryOptions {
  /** For all attempts and the waiting between them. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Aborts when the process is about to end: an unreachable receiver then gets one more try, at once. */
  readonly hurry: AbortSignal;
  /**
   * Before the second try; later ones wait longer.
   * @default 1000
   */
  readonly firstDelayMs?: number;
}

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 5000;
const FACTOR = 1.5;
const JITTER = 0.2;

/**
 * @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
 */
export async function sendWithRetry(attempt: Attempt, options: RetryOptions): Promise<Reply> {
  const deadline = performance.now() + options.timeoutMs;
  // By hand: an AbortSignal.timeout() would live on until its time, which may be for ever, and of those that come from
  // AbortSignal.any() and were given to `fetch` Bun keeps some thousand, with ten megabytes.
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, options.timeoutMs).unref();
  if (options.signal.aborted) end();
  options.signal.addEventListener("abort", end);
  try {
    return await repeat(attempt, options, deadline, ending.signal);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", end);
  }
}

type Attempt = (signal: AbortSignal, timeLeftMs: number) => Promise<Reply>;

async function repeat(attempt: Attempt, options: RetryOptions, deadline: number, signal: AbortSignal): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await attempt(signal, Math.max(1, deadline - performance.now()));
    if ("body" in reply || !reply.retry || signal.aborted) return reply;
    if (reply.unreachable && options.hurry.aborted && tries >= 2) return reply;
    // A wish for less, as `Retry-After: 0` or a date in the past, would make this a loop without a pause.
    const delay = Math.max(reply.retryAfterMs ?? 0, backOff(tries, options.firstDelayMs));
    if (performance.now() + delay >= deadline) return reply;
    await pause(delay, reply.unreachable ? [signal, options.hurry] : [signal]);
    if (signal.aborted) return reply;
  }
}

/** Before the try after the one of this number, from 1. */
export function backOff(tries: number, firstDelayMs: number = FIRST_DELAY_MS): number {
  const delay = Math.min(firstDelayMs * FACTOR ** (tries - 1), MAX_DELAY_MS);
  return delay * (1 + JITTER * (2 * Math.random() - 1));
}

/** Ends early when one of the signals aborts. */
function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(done, ms).unref();
  for (const signal of signals) signal.addEventListener("abort", done);
  function done(): void {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener("abort", done);
    resolve();
  }
  return promise;
}
