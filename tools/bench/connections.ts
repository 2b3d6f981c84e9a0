/** Kept-alive HTTP connections to a service, each with one request at a time. */
import type { Socket } from "bun";

export interface Connection {
  /** When the request that is under way began to count, in milliseconds of `performance.now()`. */
  since: number;
  send(): void;
}

export interface ConnectionsOptions {
  readonly url: URL;
  readonly count: number;
  /** Called for each whole answer. The connection is free again. */
  readonly onAnswer: (connection: Connection, status: number) => void;
  /** Called when a connection breaks or the service closes one. */
  readonly onFailure: (error: Error) => void;
}

export interface Connections {
  readonly all: readonly Connection[];
  close(): void;
}

interface Receiving {
  answer: string;
  connection: Connection | undefined;
}

/** It reads answers as text: the bodies are ASCII, and `fetch` would use as much processor time as what is measured. */
export async function openConnections({ url, count, onAnswer, onFailure }: ConnectionsOptions): Promise<Connections> {
  const payload = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
  let isClosing = false;
  const open = (): Promise<Socket<Receiving>> =>
    Bun.connect<Receiving>({
      hostname: url.hostname,
      port: Number(url.port),
      data: { answer: "", connection: undefined },
      socket: {
        data: ({ data: receiving }, chunk) => {
          receiving.answer += chunk.toString("latin1");
          const status = wholeAnswer(receiving.answer);
          if (status === undefined || receiving.connection === undefined) return;
          receiving.answer = "";
          onAnswer(receiving.connection, status);
        },
        close: () => {
          if (!isClosing) onFailure(new Error("the service closed a connection"));
        },
        error: (_socket, error) => onFailure(error),
      },
    });
  const sockets = await Promise.all(Array.from({ length: count }, open));
  return {
    all: sockets.map((socket) => {
      const connection = { since: 0, send: () => void socket.write(payload) };
      socket.data.connection = connection;
      return connection;
    }),
    close: () => {
      isClosing = true;
      for (const socket of sockets) socket.end();
    },
  };
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
