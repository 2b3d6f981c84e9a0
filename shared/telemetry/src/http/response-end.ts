/** Finds the end of a response: the last byte of a streamed body, or a client that disconnects before it. */
import type { Context } from "@opentelemetry/api";
import { readerIn } from "../bun-quirks.ts";

/** How the body of a response ended. */
export type BodyEnd =
  | { readonly how: "sent"; readonly bytes: number }
  | { readonly how: "failed"; readonly error: unknown }
  /** The client disconnected before the end. */
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

/** A request that is being answered. */
export interface Pending {
  readonly request: Request;
  /** Called when the client has disconnected. */
  abandon(): void;
}

/** For so long, in milliseconds, a request has no listener. When a handler returns, the signal is checked anyway. */
const YOUNG_MS = 100;

/**
 * A listener on the signal of every request costs 0.12 of the CPU ratio of a unary call (measured in pairs of runs), and
 * is rarely called. So only a request that takes longer than 100 ms gets one.
 */
export class DisconnectWatch {
  readonly #young = new Set<Pending>();
  #timer: Timer | undefined;

  add(pending: Pending): void {
    this.#young.add(pending);
    this.#timer ??= setTimeout(() => this.#listenToAll(), YOUNG_MS).unref();
  }

  /** It is answered. */
  delete(pending: Pending): void {
    this.#young.delete(pending);
  }

  #listenToAll(): void {
    this.#timer = undefined;
    for (const pending of this.#young) listen(pending);
    this.#young.clear();
  }
}

/** Calls `abandon` when the client disconnects, or at once if it has already. */
export function listen(pending: Pending): void {
  const { signal } = pending.request;
  if (signal.aborted) pending.abandon();
  else signal.addEventListener("abort", () => pending.abandon(), { once: true });
}
