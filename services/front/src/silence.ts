/** A limit for calls that stream: not on how long they last, but on how long the server may owe a message. */
import { ClientError, type ClientMiddleware, Status } from "nice-grpc-common";

export interface SilenceOptions {
  /**
   * Milliseconds after which the call ends with DEADLINE_EXCEEDED, counted while the server owes a message: always in
   * server streaming, once all is sent in client streaming, and while an answer is open in bidirectional streaming.
   * @default no limit
   */
  readonly silenceTimeoutMs?: number;
}

export const silenceMiddleware: ClientMiddleware<SilenceOptions> = async function* silenceMiddleware(
  call,
  { silenceTimeoutMs, ...options },
) {
  const isUnary = !(call.requestStream || call.responseStream);
  if (silenceTimeoutMs === undefined || isUnary) return yield* call.next(call.request, options);

  const silence = createSilenceTimer(silenceTimeoutMs);
  if (!call.requestStream) silence.owe(Number.POSITIVE_INFINITY);
  const request = call.requestStream ? countRequests(call.request, call.responseStream, silence) : call.request;
  const signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
  try {
    if (!call.responseStream) return yield* call.next(request, { ...options, signal });
    for await (const response of call.next(request, { ...options, signal })) {
      silence.pause();
      yield response;
      silence.owe(-1);
    }
  } catch (error) {
    if (!silence.signal.aborted || options.signal?.aborted) throw error;
    throw new ClientError(call.method.path, Status.DEADLINE_EXCEEDED, `no message for ${silenceTimeoutMs} ms`);
  } finally {
    silence.stop();
  }
};

/** Each request is owed an answer where answers stream; the end of the requests always is. */
async function* countRequests<T>(requests: AsyncIterable<T>, isAnswered: boolean, silence: SilenceTimer) {
  for await (const request of requests) {
    if (isAnswered) silence.owe(1);
    yield request;
  }
  silence.owe(1);
}

interface SilenceTimer {
  /** Aborted when the server was silent for too long. */
  readonly signal: AbortSignal;
  /** Adds to the messages that the server owes, and starts the time anew. */
  owe(messages: number): void;
  /** Stops the time, for as long as the reader is busy. */
  pause(): void;
  /** Stops the time for good: what is still sent to a call that has ended is owed nothing. */
  stop(): void;
}

function createSilenceTimer(timeoutMs: number): SilenceTimer {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let owed = 0;
  let isOver = false;
  const pause = () => clearTimeout(timer);
  return {
    signal: controller.signal,
    pause,
    stop() {
      isOver = true;
      pause();
    },
    owe(messages) {
      owed += messages;
      pause();
      if (owed > 0 && !isOver) timer = setTimeout(() => controller.abort(), timeoutMs);
    },
  };
}
