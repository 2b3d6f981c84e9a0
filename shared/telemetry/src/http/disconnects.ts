/** Who is told when a client leaves before it has its answer. */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";

/** A request that is being answered, and its neighbours among those that have not been for long. */
export interface Pending {
  readonly request: Request;
  /** The client has left. */
  abandon(): void;
  older: Pending | undefined;
  younger: Pending | undefined;
}

export interface DisconnectWatch {
  add(pending: Pending): void;
  /** It is answered. */
  delete(pending: Pending): void;
}

/** For so long, in milliseconds, nobody is told: whoever answers within it asks for himself whether the client is there. */
const YOUNG_MS = 100;

/**
 * A listener on the signal of every request would be among the dearest parts of a span, and hardly ever called. So only
 * requests that take long get one. The others are chained to each other, which makes nothing for the garbage collector.
 */
export function createDisconnectWatch(): DisconnectWatch {
  let youngest: Pending | undefined;
  let isTimed = false;
  const remove = (pending: Pending): void => {
    if (pending.younger !== undefined) pending.younger.older = pending.older;
    else if (youngest === pending) youngest = pending.older;
    if (pending.older !== undefined) pending.older.younger = pending.younger;
    pending.older = undefined;
    pending.younger = undefined;
  };
  const listenToAll = (): void => {
    isTimed = false;
    while (youngest !== undefined) {
      const pending: Pending = youngest;
      remove(pending);
      listen(pending);
    }
  };
  return {
    add: (pending) => {
      pending.older = youngest;
      if (youngest !== undefined) youngest.younger = pending;
      youngest = pending;
      if (isTimed) return;
      isTimed = true;
      // Outside of the request that happens to be the first: its context would live as long as the timer.
      context.with(ROOT_CONTEXT, () => setTimeout(listenToAll, YOUNG_MS).unref());
    },
    delete: remove,
  };
}

/** Tells at once, or when it happens. */
export function listen(pending: Pending): void {
  const { signal } = pending.request;
  if (signal.aborted) pending.abandon();
  else signal.addEventListener("abort", () => pending.abandon(), { once: true });
}
