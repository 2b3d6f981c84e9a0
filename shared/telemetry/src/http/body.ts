/** Follows a streamed body to its end. */
import type { Context } from "@opentelemetry/api";
import { readerIn } from "../bun-quirks.ts";

/** How the body of a response ended. */
export type BodyEnd =
  | { readonly how: "sent"; readonly bytes: number }
  | { readonly how: "failed"; readonly error: unknown }
  /** The client left before the end. */
  | { readonly how: "abandoned" };

/** Passes a body on, chunk by chunk as it is asked for, and reports its end once. Each chunk is made in `active`. */
export function followBody(
  body: ReadableStream<Uint8Array>,
  active: Context,
  onEnd: (end: BodyEnd) => void,
): ReadableStream<Uint8Array> {
  const reader = readerIn(active, body);
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            bytes += Buffer.byteLength(value);
            return controller.enqueue(value);
          }
          onEnd({ how: "sent", bytes });
          controller.close();
        } catch (error) {
          onEnd({ how: "failed", error });
          controller.error(error);
        }
      },
      async cancel(reason) {
        onEnd({ how: "abandoned" });
        await reader.cancel(reason);
      },
    },
    // No chunk is asked for before the connection can take it.
    { highWaterMark: 0 },
  );
}
