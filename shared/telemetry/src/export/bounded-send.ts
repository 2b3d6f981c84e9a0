/** One export with an end: whatever the sender does, the queue goes on. */
import type { Sender, SendOutcome } from "./sender.ts";

/**
 * Settles when the sender does, when the time is up, or when `controller` aborts, whichever is first. Never rejects.
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor (exportTimeoutMillis)
 */
export async function sendWithin<T>(
  sender: Sender<T>,
  batch: T,
  timeoutMs: number,
  controller: AbortController,
): Promise<SendOutcome> {
  // Not held by the timer: a process that has nothing else to do may end.
  const timer = setTimeout(() => controller.abort(new Error(TIMEOUT)), timeoutMs).unref();
  try {
    return await Promise.race([sender.send(batch, controller.signal), aborted(controller.signal)]);
  } catch (error) {
    return { ok: false, reason: String(error), errorType: error instanceof Error ? error.name : "_OTHER" };
  } finally {
    clearTimeout(timer);
  }
}

const TIMEOUT = "no answer in time";

function aborted(signal: AbortSignal): Promise<SendOutcome> {
  const { promise, resolve } = Promise.withResolvers<SendOutcome>();
  signal.addEventListener("abort", () => {
    const reason: string = signal.reason.message;
    // The sender has a turn first, to tell more than that it was stopped.
    setImmediate(() => resolve({ ok: false, reason, errorType: reason === TIMEOUT ? "timeout" : "shutdown" }));
  });
  return promise;
}
