/** Notices a client that leaves before it has its answer. */

/** A request that is being answered. */
export interface Pending {
  readonly request: Request;
  /** The client has left. */
  abandon(): void;
}

/** For so long, in milliseconds, a request has no listener: whoever answers within it asks for the signal himself. */
const YOUNG_MS = 100;

/**
 * A listener on the signal of every request costs 0.12 of the CPU ratio of a unary call (measured in pairs of runs), and
 * is hardly ever called. So only a request that takes longer than 100 ms gets one.
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

/** Calls `abandon` at once where the client has left, else when it leaves. */
export function listen(pending: Pending): void {
  const { signal } = pending.request;
  if (signal.aborted) pending.abandon();
  else signal.addEventListener("abort", () => pending.abandon(), { once: true });
}
