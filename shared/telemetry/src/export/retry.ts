/**
 * Sends one message until it is taken or given up. What is retryable is tried again, no sooner than the receiver asked. Over
 * HTTP another connection is used where the first one is dead.
 */
import { ExportError, SHUTDOWN, TIMEOUT } from "./failure.ts";
import { askedDelayMs, isRetryable } from "./retryable.ts";

export type Response =
  | { readonly status: "success"; readonly data?: Uint8Array; readonly error?: undefined }
  | { readonly status: "failure"; readonly error: unknown }
  | { readonly status: "retryable"; readonly error?: unknown; readonly retryInMillis?: number };

/** `IExporterTransport` of `@opentelemetry/otlp-exporter-base`. */
export interface Transport {
  send(body: Uint8Array, timeoutMs: number): Promise<Response>;
  shutdown(): void;
}

/** When and how a shutdown ends the exports that still run. */
export interface Stopping {
  /** Aborts when the shutdown begins: a receiver that is not there gets one more try, at once. */
  readonly begun: AbortSignal;
  /** Aborts when the shutdown times out. Then exports that still run are given up. */
  readonly timeIsUp: AbortSignal;
  /** Until then, in milliseconds; `Infinity` before the shutdown begins. */
  timeLeftMs(): number;
}

export interface RetryOptions {
  readonly stopping: Stopping;
  /** How much longer than its timeout a message may wait for a receiver that asks for that, in milliseconds. */
  readonly holdMs: number;
  /** A message that asks whether the receiver still answers. Without one nobody asks. */
  readonly probe: Uint8Array | undefined;
}

export interface Retry {
  /** Never rejects. */
  send(transport: Transport, body: Uint8Array, timeoutMs: number): Promise<Response>;
  /** The answer with which the receiver asked to wait, while that time is not over. */
  refusal(): Response | undefined;
}

/** The longest wait that a receiver gets. A longer one is more likely a mistake, and a request in five minutes harms nobody. */
export const MAX_ASKED_MS = 5 * 60 * 1000;

// The longest delay, with its jitter, is below five seconds: so soon is a receiver found that works again.
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 3500;
const FACTOR = 1.5;
const JITTER = 0.2;
/** How long an answer may take until somebody asks on another connection whether the receiver still answers. */
const SILENCE_MS = 2000;
/** What grpc-js says of an open connection that was closed or reset. Of one that did not open it says more. */
const GRPC_CLOSED = /^(?:Connection dropped|(?:Write error: )?(?:read|write) (?:ECONNRESET|EPIPE))$/;

/** @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-throttling */
export function createRetry({ stopping, holdMs, probe }: RetryOptions): Retry {
  const { begun, timeIsUp, timeLeftMs } = stopping;
  let refused: Response | undefined;
  let notBefore = 0;

  const refusal = (): Response | undefined => (performance.now() < notBefore ? refused : undefined);

  const attempt = async (transport: Transport, body: Uint8Array, timeLeft: number): Promise<Response> => {
    // It is reported as given up, so it is not sent any more.
    if (timeIsUp.aborted) return { status: "failure", error: new ExportError(SHUTDOWN) };
    const over = new AbortController();
    const end = pause(timeLeft, [timeIsUp, over.signal]).then(
      (): Response => ({ status: "failure", error: new ExportError(timeIsUp.aborted ? SHUTDOWN : TIMEOUT) }),
    );
    try {
      // The stock timeout starts again with each byte, so a slow answer would delay it.
      return await Promise.race([end, sendOnLiveConnection(transport, body, timeLeft, probe, over.signal)]);
    } catch (error) {
      return { status: "failure", error };
    } finally {
      over.abort();
    }
  };

  const send: Retry["send"] = async (transport, body, timeoutMs) => {
    let deadline = performance.now() + timeoutMs;
    const heldUntil = deadline + holdMs;
    let failed: Response | undefined;
    for (let tries = 1, backOff = FIRST_DELAY_MS; ; tries += 1) {
      for (let busy = refusal(); busy !== undefined; busy = refusal()) {
        const waitsFrom = performance.now();
        const asked = notBefore - waitsFrom;
        // Nobody waits for what comes too late.
        if (asked >= timeLeftMs() || notBefore >= Math.max(deadline, heldUntil)) return failed ?? busy;
        await pause(asked, begun.aborted ? [timeIsUp] : [timeIsUp, begun]);
        // What the receiver asks for is not a part of the time that it may take to answer.
        deadline = Math.min(deadline + performance.now() - waitsFrom, Math.max(deadline, heldUntil));
      }
      const response = await attempt(transport, body, Math.max(1, deadline - performance.now()));
      // The failure of an earlier try says more than "there was no time for another".
      if (response.error instanceof ExportError) return failed ?? response;
      if (!isRetryable(response)) return response;
      failed = response;
      if (tries === 1 && wasClosed(response)) continue;
      if (timeIsUp.aborted || (begun.aborted && response.error !== undefined && tries > 1)) return response;
      const asked = askedDelayMs(response);
      // "Retry-After: 0" or a date in the past would make this a loop without a pause.
      const delay = backOff * (1 - JITTER + 2 * JITTER * Math.random());
      backOff = Math.min(backOff * FACTOR, MAX_DELAY_MS);
      if (asked > delay) {
        refused = response;
        notBefore = performance.now() + Math.min(asked, MAX_ASKED_MS);
        continue;
      }
      if (performance.now() + delay >= deadline) return response;
      await pause(delay, response.error === undefined ? [timeIsUp] : [timeIsUp, begun]);
    }
  };
  return { send, refusal };
}

/**
 * A connection whose packets vanish stays open, and an answer is waited for until the timeout. So after some silence an empty
 * message is sent, which goes over another connection. Where it is answered and the first is not, the message is sent again.
 */
async function sendOnLiveConnection(
  transport: Transport,
  body: Uint8Array,
  timeoutMs: number,
  probe: Uint8Array | undefined,
  over: AbortSignal,
): Promise<Response> {
  const first = transport.send(body, timeoutMs);
  if (probe === undefined) return await first;
  const settled = new AbortController();
  const settle = (): void => settled.abort();
  first.then(settle, settle);
  for (;;) {
    await pause(SILENCE_MS, [settled.signal, over]);
    if (settled.signal.aborted || over.aborted) return await first;
    const answer = await Promise.race([transport.send(probe, SILENCE_MS), first]);
    // What was given up is not sent again.
    if (settled.signal.aborted || over.aborted) return await first;
    if (answer.status === "retryable" && answer.error === undefined) return answer;
    if (isAnswer(answer)) return await Promise.race([first, transport.send(body, timeoutMs)]);
  }
}

/**
 * A server may close an idle connection at the moment when it is used again. Another connection works then, at once: a second
 * of waiting would fill the queue under load.
 */
function wasClosed({ error }: Response): boolean {
  const { code, details }: { readonly code?: unknown; readonly details?: unknown } = Object(error);
  return code === "ECONNRESET" || code === "EPIPE" || (typeof details === "string" && GRPC_CLOSED.test(details));
}

/** An error of HTTP has its status as its code, one of the connection a word or nothing. */
function isAnswer({ status, error }: Response): boolean {
  return status === "success" || (error instanceof Error && "code" in error && typeof error.code === "number");
}

/** Ends early when one of the signals aborts. The timer does not keep the process alive. */
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
