/** Raw connections to front, for what a well-behaved client never does. */
import { connect, type Socket } from "node:net";

export interface Callers extends AsyncDisposable {
  readonly sockets: readonly Socket[];
}

/** Opens so many connections and sends a text on each. Resolves when all are open; what is answered is thrown away. */
export async function openSockets(port: number, count: number, text: (index: number) => string): Promise<Callers> {
  const sockets: Socket[] = [];
  const open = async (index: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(text(index));
      resolve();
    });
    // A server that closes while it is still being sent to resets the connection.
    socket.on("error", reject).resume();
    sockets.push(socket);
    await promise;
  };
  for (let at = 0; at < count; at += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => open(at + index)));
  }
  return {
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The system's queue of connections that wait to be accepted holds more than this. */
const AT_ONCE = 100;

export const head = (line: string, ...headers: readonly string[]): string =>
  `${[`${line} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n")}\r\n\r\n`;

export const HANDSHAKE = head(
  "GET /rolldice/table",
  "Connection: upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
);

/** A masked frame of a WebSocket. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export function textFrame(text: string, { isLast = true, continues = false } = {}): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(body.length < 126 ? 2 : 4);
  head[0] = (isLast ? 0x80 : 0) | (continues ? 0 : 1);
  head[1] = 0x80 | Math.min(body.length, 126);
  if (body.length >= 126) head.writeUInt16BE(body.length, 2);
  // A mask of zeros leaves the bytes as they are.
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

/** Sends the same on each connection again and again, as fast as it is read, until the time is over. */
export async function sendForever(sockets: readonly Socket[], chunk: string | Uint8Array, ms: number): Promise<void> {
  const endsAt = performance.now() + ms;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < endsAt && socket.writable) {
        if (socket.write(chunk)) await Bun.sleep(1);
        else await drained(socket, endsAt - performance.now());
      }
    }),
  );
}

function drained(socket: Socket, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(1, ms));
  socket.once("drain", resolve).once("close", resolve);
  return promise.finally(() => clearTimeout(timer));
}
