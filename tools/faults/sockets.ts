/** Raw connections to front, for what a well-behaved client never does. */
import { connect, type Socket } from "node:net";
import { until } from "@baton/tools/until";

export interface Callers extends AsyncDisposable {
  readonly sockets: readonly Socket[];
  /**
   * Waits until each was answered with the status, and then with the text, if one is given.
   * @throws Error that says how many were not, and what they were answered.
   */
  answered(status: number, then?: string): Promise<void>;
  /** Waits until the server has closed each. @throws Error when it does not. */
  closed(): Promise<void>;
  /** @throws Error when the server has closed some. */
  checkOpen(): void;
}

interface Caller {
  readonly socket: Socket;
  /** The beginning of what was answered. */
  answer: string;
  isClosed: boolean;
}

/** Opens so many connections and sends something on each. Resolves when all are open. */
export async function openSockets(
  port: number,
  count: number,
  first: (index: number) => string | Uint8Array,
): Promise<Callers> {
  const callers: Caller[] = [];
  const open = async (index: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(first(index));
      resolve();
    });
    const caller: Caller = { socket, answer: "", isClosed: false };
    // A server that closes while it is still being sent to resets the connection.
    socket.on("error", reject).on("close", () => {
      caller.isClosed = true;
    });
    socket.setEncoding("latin1").on("data", (text) => {
      if (caller.answer.length < ANSWER_LENGTH) caller.answer += text;
    });
    callers.push(caller);
    await promise;
  };
  for (let at = 0; at < count; at += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => open(at + index)));
  }
  return {
    sockets: callers.map(({ socket }) => socket),
    async answered(status, then = "") {
      const isRight = ({ answer }: Caller): boolean => statusOf(answer) === String(status) && answer.includes(then);
      const isOver = ({ answer, isClosed }: Caller): boolean =>
        isClosed || ![String(status), NOTHING].includes(statusOf(answer));
      const settled = until("all callers are answered", () => callers.every((one) => isRight(one) || isOver(one)));
      await settled.catch(() => {});
      check(callers, isRight, `answered ${status}${then && ` and ${JSON.stringify(then)}`}`);
    },
    async closed() {
      await until("all callers are closed", () => callers.every(({ isClosed }) => isClosed)).catch(() => {});
      check(callers, ({ isClosed }) => isClosed, "closed");
    },
    checkOpen: () => check(callers, ({ isClosed }) => !isClosed, "open"),
    async [Symbol.asyncDispose]() {
      for (const { socket } of callers) socket.destroy();
    },
  };
}

/** More than the heads of an answer and the first messages after it. */
const ANSWER_LENGTH = 4096;
const NOTHING = "nothing";

function statusOf(answer: string): string {
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? NOTHING;
}

function check(callers: readonly Caller[], isRight: (caller: Caller) => boolean, what: string): void {
  const others = callers.filter((caller) => !isRight(caller));
  if (others.length === 0) return;
  const answers = [...Map.groupBy(others, ({ answer }) => statusOf(answer))].map(
    ([status, { length }]) => `${length} times ${status}`,
  );
  throw new Error(`${others.length} of ${callers.length} callers are not ${what}; answered: ${answers.join(", ")}`);
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

/** Sends the next byte of the text on each connection, now and once a second, again and again. */
export function sendByteByByte(sockets: readonly Socket[], text: string): Disposable {
  let at = 0;
  const send = (): void => {
    const byte = text.charAt(at++ % text.length);
    for (const socket of sockets) if (socket.writable) socket.write(byte);
  };
  send();
  const timer = setInterval(send, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

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
