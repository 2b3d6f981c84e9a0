/** The address that `{callback}` stands for: keeps the header lines of what the service sends, as they came. */
import { createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { HeaderLines } from "./cases/index.ts";

/** How the call-back answers: `redirect` sends the caller on once, `retry` fails once, `fail` answers 500 each time. */
export type CallbackMode = "ok" | "redirect" | "retry" | "fail";

export interface ReceivedCall {
  readonly path: string;
  readonly headers: HeaderLines;
}

export interface CallbackServer {
  /** The address for one probe. */
  urlFor(probeId: string, mode: CallbackMode): string;
  /** What came for that probe, in order. */
  callsOf(probeId: string): readonly ReceivedCall[];
  stop(): void;
}

const MAX_HEAD = 256 * 1024;
const MAX_CALLS_OF_A_PROBE = 20;

export async function startCallbackServer(listenHost: string): Promise<CallbackServer> {
  const calls = new Map<string, ReceivedCall[]>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = "";
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (received.length > MAX_HEAD) socket.destroy();
      const call = parseHead(received);
      if (call === undefined) return;
      received = "";
      const [, mode = "ok", probeId = ""] = call.path.split("/");
      const earlier = calls.get(probeId) ?? [];
      if (earlier.length < MAX_CALLS_OF_A_PROBE) calls.set(probeId, [...earlier, call]);
      socket.end(answer(mode, probeId, earlier.length));
    });
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(0, listenHost, listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const base = `http://${reachableHost(listenHost)}:${port}`;
  return {
    urlFor: (probeId, mode) => `${base}/${mode}/${probeId}`,
    callsOf: (probeId) => calls.get(probeId) ?? [],
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function answer(mode: string, probeId: string, earlier: number): string {
  if (mode === "redirect") return format("302 Found", `Location: /landed/${probeId}\r\n`);
  if (mode === "retry" && earlier === 0) return format("503 Service Unavailable", "Retry-After: 0\r\n");
  if (mode === "fail") return format("500 Internal Server Error");
  return format("200 OK");
}

function format(status: string, header = ""): string {
  const body = '{"ok":true}';
  return `HTTP/1.1 ${status}\r\n${header}Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

/** `undefined` while the head is incomplete. The body is not looked at. */
function parseHead(text: string): ReceivedCall | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")] as const;
  });
  return { path: start.split(" ")[1] ?? "", headers };
}

/** An address that others can call, where the doctor listens on all of them. */
function reachableHost(listenHost: string): string {
  if (listenHost !== "0.0.0.0" && listenHost !== "::") return listenHost.includes(":") ? `[${listenHost}]` : listenHost;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}
