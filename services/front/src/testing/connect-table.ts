/** A player: a real WebSocket to a front that listens on a free port. */
import type { TestFront } from "./start-front.ts";

export interface TestPlayer extends AsyncDisposable {
  send(message: string | Uint8Array): void;
  /** The next message that was not read yet. */
  next(): Promise<Readonly<Record<string, unknown>>>;
  /** Sends a message and waits for the next one. */
  ask(message: string | Uint8Array): Promise<Readonly<Record<string, unknown>>>;
  leave(): Promise<void>;
  /** Resolves with the code when the socket is closed. */
  readonly closed: Promise<number>;
}

export async function connectTable(front: TestFront): Promise<TestPlayer> {
  const url = new URL("/rolldice/table", front.server.listen("127.0.0.1", 0));
  url.protocol = "ws:";
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  const unread: Record<string, unknown>[] = [];
  const readers: ((message: Record<string, unknown>) => void)[] = [];
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("error", () => opened.reject(new Error("the socket did not open")));
  socket.addEventListener("close", ({ code }) => closed.resolve(code));
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    const reader = readers.shift();
    if (reader) reader(message);
    else unread.push(message);
  });
  await opened.promise;

  const next: TestPlayer["next"] = async () => unread.shift() ?? new Promise((resolve) => readers.push(resolve));
  const leave = async () => {
    socket.close();
    await closed.promise;
  };
  return {
    send: (message) => socket.send(message),
    next,
    ask(message) {
      const answer = next();
      socket.send(message);
      return answer;
    },
    leave,
    closed: closed.promise,
    [Symbol.asyncDispose]: leave,
  };
}
