/** Tells a streamed body from a whole one, and follows a streamed one to its end. */
import { type Context, context } from "@opentelemetry/api";

/** How the body of a response ended. */
export type BodyEnd =
  | { readonly how: "sent" }
  | { readonly how: "failed"; readonly error: unknown }
  /** The client left before the end. */
  | { readonly how: "abandoned"; readonly reason: unknown };

/**
 * Is this response's body made while it is sent? Reading `response.body` would turn every body into a stream and change
 * the headers that go out with it, so Bun's printed form is asked instead: it gives the size of a body that is whole.
 */
export function isStreamed(response: Response): boolean {
  return Bun.inspect(response).startsWith("Response (0 KB)") && response.body !== null && !isEmpty(response.body);
}

/** False on a Bun that prints responses another way: then streamed bodies cannot be told, and spans end too early. */
export function canTellStreams(): boolean {
  return !isStreamed(new Response("x")) && isStreamed(new Response(new ReadableStream()));
}

/** The body of `new Response("")` is a stream that has already ended. */
function isEmpty(body: ReadableStream): boolean {
  return Bun.inspect(body).includes("state: 'closed'") || Bun.inspect(body).includes('state: "closed"');
}

/**
 * Passes a body on, chunk by chunk as it is asked for, and tells its end once. Each chunk is made in `active`: Bun
 * loses the context inside bodies that are async generators or direct streams.
 */
export function followBody(
  body: ReadableStream<Uint8Array>,
  active: Context,
  onEnd: (end: BodyEnd) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await context.with(active, () => reader.read());
          if (!done) return controller.enqueue(value);
          onEnd({ how: "sent" });
          controller.close();
        } catch (error) {
          onEnd({ how: "failed", error });
          controller.error(error);
        }
      },
      async cancel(reason) {
        onEnd({ how: "abandoned", reason });
        await context.with(active, () => reader.cancel(reason));
      },
    },
    // No chunk is asked for before the connection can take it.
    { highWaterMark: 0 },
  );
}
