/** A load generator with a fixed number of requests over keep-alive connections, and a timeout. */
import type { Socket } from "bun";

export interface LoadOptions {
  readonly url: URL;
  readonly requests: number;
  readonly connections: number;
  /** The lines of the raw request, without the blank line. @default A GET of the URL. */
  readonly lines?: readonly string[];
  /** Milliseconds until the load stops and fails. @default 60000 */
  readonly timeoutMs?: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Requests by status code. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly seconds: number;
  /** Latency of each request in milliseconds, in ascending order. */
  readonly latencies: Float64Array;
}

interface Connection {
  answer: string;
  sentAt: number;
}

/**
 * Sends the next request on each connection as soon as the one before is answered. It reads answers as text, because the
 * bodies are ASCII and `fetch` would use as much CPU as the services that are measured.
 */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { url, requests, connections, timeoutMs = 60_000 } = options;
  const { lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`] } = options;
  const payload = `${lines.join("\r\n")}\r\n\r\n`;
  const statuses = new Map<number, number>();
  const latencies = new Float64Array(requests);
  let sent = 0;
  let answered = 0;
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  const timer = setTimeout(
    () => reject(new Error(`${answered} of ${requests} answered in ${timeoutMs} ms`)),
    timeoutMs,
  );
  const sockets: Socket<Connection>[] = [];

  const send = (socket: Socket<Connection>): void => {
    if (sent === requests) return;
    sent += 1;
    socket.data.sentAt = performance.now();
    socket.write(payload);
  };
  const take = (socket: Socket<Connection>, chunk: Buffer): void => {
    const connection = socket.data;
    connection.answer += chunk.toString("latin1");
    const status = wholeAnswer(connection.answer);
    if (status === undefined) return;
    connection.answer = "";
    latencies[answered++] = performance.now() - connection.sentAt;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (answered < requests) {
      send(socket);
      return;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    resolve({ requests, statuses, seconds, latencies: latencies.sort() });
  };

  for (let index = 0; index < Math.min(connections, requests); index++) {
    Bun.connect<Connection>({
      hostname: url.hostname,
      port: Number(url.port),
      data: { answer: "", sentAt: 0 },
      socket: {
        open: send,
        data: take,
        close: () => {
          if (answered < requests) reject(new Error(`the service closed a connection after ${answered} answers`));
        },
        error: (_socket, error) => reject(error),
      },
    }).then((socket) => sockets.push(socket), reject);
  }
  return promise.finally(() => {
    clearTimeout(timer);
    for (const socket of sockets) socket.end();
  });
}

/** The status of a complete answer; `undefined` while the answer is incomplete. */
function wholeAnswer(answer: string): number | undefined {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = answer.slice(0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return answer.length >= headEnd + 4 + Number(length) ? status : undefined;
  if (head.includes("transfer-encoding: chunked")) return answer.endsWith("\r\n0\r\n\r\n") ? status : undefined;
  return status;
}
