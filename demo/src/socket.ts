/** Plays messages on a WebSocket, one after the answer to the other: in a program and in a browser. */

/** Sends a message, and resolves with its answer. */
export type Ask = (message: string) => Promise<string>;

export interface PlayOptions {
  /** Named in errors. */
  readonly path: string;
  readonly messages: readonly string[];
  readonly timeoutMs: number;
  /** Sends each message, and can put more into it. @default it is sent as it is */
  readonly around?: ((ask: Ask, message: string) => Promise<string>) | undefined;
}

/**
 * @param socket One that is being opened. It is closed in any case.
 * @returns The answers, when the socket has been closed.
 * @throws Error when it is refused, closed too early, or not answered in time.
 */
export async function playMessages(socket: WebSocket, options: PlayOptions): Promise<readonly string[]> {
  const { path, messages, timeoutMs, around = (ask, message) => ask(message) } = options;
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  const timer = setTimeout(() => failed.reject(new Error(`${path} did not answer within ${timeoutMs} ms`)), timeoutMs);
  let answered = (_answer: string) => {};
  socket.onopen = () => opened.resolve();
  socket.onmessage = ({ data }) => answered(String(data));
  socket.onerror = () => failed.reject(new Error(`${path} refused the socket`));
  socket.onclose = ({ code }) => {
    closed.resolve();
    failed.reject(new Error(`${path} closed the socket with ${code}`));
  };
  // It may fail while nobody waits.
  failed.promise.catch(() => {});
  const ask: Ask = (message) => {
    const answer = new Promise<string>((resolve) => {
      answered = resolve;
    });
    socket.send(message);
    return Promise.race([answer, failed.promise]);
  };
  try {
    await Promise.race([opened.promise, failed.promise]);
    const answers: string[] = [];
    for (const message of messages) answers.push(await around(ask, message));
    socket.close(1000);
    await closed.promise;
    return answers;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
