/** HTTP/1.1 byte by byte, because `fetch` and `Headers` change the headers that are to be tested. */
import { connect, createServer, type Socket } from "node:net";
import type { HeaderLines } from "@baton/doctor/cases";

/** A response, as it came. */
export interface RawResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends a request with exactly these header lines, in this order, as Latin-1 bytes. */
export function rawRequest(port: number, head: string, headers: HeaderLines, body = ""): Promise<RawResponse> {
  const lines = [
    ["Host", `127.0.0.1:${port}`],
    ["Connection", "close"],
    ["Content-Length", `${body.length}`],
    ...headers,
  ];
  const text = `${head} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const chunks: Buffer[] = [];
  const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", reject);
  socket.on("close", () => resolve(parseResponse(Buffer.concat(chunks).toString("latin1"))));
  return promise;
}

function parseResponse(text: string): RawResponse {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: rest.join("\r\n\r\n") };
}

/** A server that answers 200 to everything and keeps the header lines of each request as they came. */
export interface RawServer {
  readonly url: string;
  /** Takes the requests received since the last call. */
  take(): RawRequest[];
  stop(): void;
}

export interface RawRequest {
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: string;
}

export async function startRawServer(): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = "";
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      const request = parseRequest(received);
      if (request === undefined) return;
      requests.push(request);
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    take: () => requests.splice(0),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** `undefined` while it is incomplete. */
function parseRequest(text: string): RawRequest | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")] as const;
  });
  const body = text.slice(end + 4);
  const length = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1] ?? "0";
  if (body.length < Number(length)) return undefined;
  return { path: start.split(" ")[1] ?? "", headers, body };
}
