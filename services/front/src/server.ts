/** Makes the application listen, and stops it in order. */
import { settlesWithin } from "@baton/service";
import { createFrontApp, type FrontDeps } from "./app.ts";
import type { Tables } from "./routes/table.ts";

export interface FrontServer {
  /**
   * @returns Where it listens; the port differs from the one asked for when that is 0.
   * @throws When the address cannot be used, for example because another process listens there.
   */
  listen(host: string, port: number): URL;
  /**
   * Takes no new requests and waits for the running ones. Games have no end, so their sockets are closed at once, with
   * 1001. Streams of server-sent events have a second, then they end with the event `problem`. Requests that still run after
   * the given milliseconds are aborted.
   */
  shutdown(timeoutMs: number): Promise<void>;
}

/** How long streams may go on: some end by themselves. */
const lastEventsMs = 1000;
/** How long the calls of closed tables may take to end. */
const lastCallsMs = 250;

/** Longer than the largest CALL_TIMEOUT_MS: a connection is idle while its request waits for back. */
const idleTimeoutSeconds = 75;

export function createFrontServer({ tables = new Map(), streams = new Set(), ...deps }: FrontDeps): FrontServer {
  const app = createFrontApp({ ...deps, tables, streams });
  return {
    listen(hostname, port) {
      // Elysia shares ports by default: a second process would silently take half of the requests.
      app.listen({ hostname, port, reusePort: false, development: false, idleTimeout: idleTimeoutSeconds });
      if (app.server === null) throw new Error("the server did not start");
      return new URL(app.server.url);
    },

    async shutdown(timeoutMs) {
      if (app.server === null) return;
      const finished = app.server.stop(false);
      closeTables(tables);
      const endStreams = setTimeout(() => {
        for (const stream of streams) stream.abort();
      }, lastEventsMs);
      if (!(await settlesWithin(finished, timeoutMs))) {
        deps.log.warn({ timeoutMs }, "shutdown timed out: aborting the requests that still run");
        await app.server.stop(true);
      }
      clearTimeout(endStreams);
      // The spans of their calls end with them.
      await settlesWithin(Promise.all([...tables.values()].map(({ session }) => session.end())), lastCallsMs);
    },
  };
}

function closeTables(tables: Tables): void {
  for (const table of tables.values()) table.close(1001, "server shutting down");
}
