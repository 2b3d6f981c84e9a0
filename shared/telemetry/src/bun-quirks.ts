/** What depends on how Bun 1.4.5 behaves and not on a standard. Each has a test that turns red when Bun changes. */
import { type Context, context, diag } from "@opentelemetry/api";

/**
 * Is the body of this response made while it is sent? Reading `response.body` turns every body into a stream and changes
 * the headers that are sent, so the printed form is read instead: it names the size of a body that is whole.
 * @see https://github.com/oven-sh/bun/issues/3775 (Bun tells instrumentation nothing of a response)
 */
export function isStreamed(response: Response): boolean {
  return Bun.inspect(response).startsWith("Response (0 KB)") && response.body !== null && !isEmpty(response.body);
}

/** The body of `new Response("")` is a stream that has already ended. */
function isEmpty(body: ReadableStream): boolean {
  return /state: ['"]closed['"]/.test(Bun.inspect(body));
}

/** False on a Bun that prints responses in another way: then the span of a streamed response ends too early. */
export function canTellStreams(): boolean {
  return !isStreamed(new Response("x")) && isStreamed(new Response(new ReadableStream()));
}

export function warnWhereStreamsCannotBeTold(): void {
  if (canTellStreams()) return;
  diag.warn(`Bun ${Bun.version} prints responses in a new way: the spans of streamed responses end too early here`);
}

/** Bun cannot send a network error, nor a body a second time: it answers 500 instead. */
export function sentStatus(response: Response): number {
  return response.status === 0 || response.bodyUsed ? 500 : response.status;
}

/**
 * Reads a body in a context. Bun loses the context inside a body that is an async generator or a direct stream.
 * @see https://github.com/oven-sh/bun/pull/41561
 */
export function readerIn<T>(active: Context, body: ReadableStream<T>) {
  const reader = body.getReader();
  return {
    read: () => context.with(active, () => reader.read()),
    cancel: (reason: unknown) => context.with(active, () => reader.cancel(reason)),
  };
}
