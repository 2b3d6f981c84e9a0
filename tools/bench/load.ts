/** The two kinds of load: as much as the service answers, or at a fixed rate. */
import { type Connection, openConnections } from "./connections.ts";
import { startPace } from "./pace.ts";

export interface LoadOptions {
  readonly url: URL;
  readonly requests: number;
  readonly connections: number;
}

export interface PacedLoadOptions extends LoadOptions {
  readonly requestsPerSecond: number;
}

export interface LoadResult {
  /** Requests by status code. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly seconds: number;
  /** Milliseconds for each request, in the order of the answers. */
  readonly latencies: Float64Array;
}

const TIMEOUT_MS = 120_000;

/** Closed loop: each connection sends its next request as soon as the one before is answered. */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { requests } = options;
  let sent = 0;
  const send = (connection: Connection): void => {
    if (sent === requests) return;
    sent += 1;
    connection.since = performance.now();
    connection.send();
  };
  return run({
    ...options,
    begin: (all) => {
      for (const connection of all) send(connection);
    },
    onFree: send,
  });
}

/**
 * Open loop: a request is due at each step of the pace, whether or not the ones before are answered. Its latency counts from
 * then, also where it waits for a free connection, so that a service that stops for a moment gets all the latency it caused.
 */
export function runPacedLoad(options: PacedLoadOptions): Promise<LoadResult> {
  const { requests, requestsPerSecond } = options;
  const free: Connection[] = [];
  const waiting: number[] = [];
  const send = (connection: Connection, since: number): void => {
    connection.since = since;
    connection.send();
  };
  return run({
    ...options,
    begin: (all) => {
      free.push(...all);
      return startPace({ requests, requestsPerSecond }, (due) => {
        // In turn: Bun closes a connection on which no head arrives for 12 s.
        const connection = free.shift();
        if (connection === undefined) waiting.push(due);
        else send(connection, due);
      });
    },
    onFree: (connection) => {
      const due = waiting.shift();
      if (due === undefined) free.push(connection);
      else send(connection, due);
    },
  });
}

interface RunOptions extends LoadOptions {
  /** Sends the first requests. @returns What ends the sending, where it goes on by itself. */
  readonly begin: (all: readonly Connection[]) => (() => void) | undefined | void;
  readonly onFree: (connection: Connection) => void;
}

async function run({ url, requests, connections, begin, onFree }: RunOptions): Promise<LoadResult> {
  const statuses = new Map<number, number>();
  const latencies = new Float64Array(requests);
  let answered = 0;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const { all, close } = await openConnections({
    url,
    count: Math.min(connections, requests),
    onAnswer: (connection, status) => {
      latencies[answered++] = performance.now() - connection.since;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (answered === requests) resolve();
      else onFree(connection);
    },
    onFailure: ({ message }) => reject(new Error(`${message} after ${answered} of ${requests} answers`)),
  });
  const late = () => reject(new Error(`${answered} of ${requests} answered in ${TIMEOUT_MS} ms`));
  const timer = setTimeout(late, TIMEOUT_MS);
  const startedAt = performance.now();
  const end = begin(all);
  try {
    await done;
    return { statuses, seconds: (performance.now() - startedAt) / 1000, latencies };
  } finally {
    clearTimeout(timer);
    end?.();
    close();
  }
}
