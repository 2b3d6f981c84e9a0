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
  const late = new AbortController();
  // Cleared when the batch is done: an AbortSignal.timeout() would live on until its time, which may be for ever.
  const timer = setTimeout(() => late.abort(), options.timeoutMs).unref();
  try {
    return await repeat(attempt, options, deadline, AbortSignal.any([options.signal, late.signal]));
  } finally {
    clearTimeout(timer);
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
    await pause(delay, reply.unreachable ? AbortSignal.any([signal, options.hurry]) : signal);
    if (signal.aborted) return reply;
  }
}

/** Before the try after the one of this number, from 1. */
export function backOff(tries: number, firstDelayMs: number = FIRST_DELAY_MS): number {
  const delay = Math.min(firstDelayMs * FACTOR ** (tries - 1), MAX_DELAY_MS);
  return delay * (1 + JITTER * (2 * Math.random() - 1));
}

/** Ends early when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(done, ms).unref();
  signal.addEventListener("abort", done);
  function done(): void {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
    resolve();
  }
  return promise;
}
