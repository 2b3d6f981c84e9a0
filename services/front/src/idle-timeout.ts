/** A time limit for streaming calls: not for the whole call, but for each message that the client waits for. */
import { ClientError, type ClientMiddleware, Status } from "nice-grpc-common";

export interface IdleTimeoutOptions {
  /**
   * Milliseconds that the server may take for the next message; then the call ends with DEADLINE_EXCEEDED. The time runs
   * while the client waits for a message: always in server streaming, after the last request in client streaming, and
   * while a request has no response in bidirectional streaming.
   * @default No limit.
   */
  readonly idleTimeoutMs?: number;
}

export const idleTimeoutMiddleware: ClientMiddleware<IdleTimeoutOptions> = async function* idleTimeoutMiddleware(
  call,
  { idleTimeoutMs, ...options },
) {
  const isUnary = !(call.requestStream || call.responseStream);
  if (idleTimeoutMs === undefined || isUnary) return yield* call.next(call.request, options);

  const timer = createIdleTimer(idleTimeoutMs);
  if (!call.requestStream) timer.expect(Number.POSITIVE_INFINITY);
  const request = call.requestStream ? countRequests(call.request, call.responseStream, timer) : call.request;
  const signal = options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal;
  try {
    if (!call.responseStream) return yield* call.next(request, { ...options, signal });
    for await (const response of call.next(request, { ...options, signal })) {
      timer.pause();
      yield response;
      timer.expect(-1);
    }
  } catch (error) {
    if (!timer.signal.aborted || options.signal?.aborted) throw error;
    throw new ClientError(call.method.path, Status.DEADLINE_EXCEEDED, `no message for ${idleTimeoutMs} ms`);
  } finally {
    timer.stop();
  }
};

/** In bidirectional streaming each request has a response. The end of the requests is answered in both kinds. */
async function* countRequests<T>(requests: AsyncIterable<T>, hasResponses: boolean, timer: IdleTimer) {
  for await (const request of requests) {
    if (hasResponses) timer.expect(1);
    yield request;
  }
  timer.expect(1);
}

interface IdleTimer {
  /** Aborted when an expected message did not come in time. */
  readonly signal: AbortSignal;
  /** Adds to the messages that are expected, and starts the time again. */
  expect(messages: number): void;
  /** Stops the time while the reader of the responses is busy. */
  pause(): void;
  /** Stops the time for good: a call that has ended has no more responses. */
  stop(): void;
}

function createIdleTimer(timeoutMs: number): IdleTimer {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let expected = 0;
  let isOver = false;
  const pause = () => clearTimeout(timer);
  return {
    signal: controller.signal,
    pause,
    stop() {
      isOver = true;
      pause();
    },
    expect(messages) {
      expected += messages;
      pause();
      if (expected > 0 && !isOver) timer = setTimeout(() => controller.abort(), timeoutMs);
    },
  };
}
