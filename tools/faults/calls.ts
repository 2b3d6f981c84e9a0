/** The four kinds of call through front, each as a request that is in the middle of it. */

export interface OpenCall {
  /** Resolves when the call has ended, however. */
  readonly ended: Promise<void>;
}

export type CallKind = "unary" | "stream" | "upload" | "table";

/** Resolves when something of the call has travelled to back. A unary call is only sent to front: nothing of it comes early. */
export const openCall: Readonly<Record<CallKind, (frontUrl: string) => Promise<OpenCall>>> = {
  unary: async (url) => {
    const ended = fetch(`${url}/rolldice?rolls=3`).then(
      async (response) => void (await response.text()),
      () => {},
    );
    return { ended };
  },
  stream: async (url) => {
    const response = await fetch(`${url}/rolldice/stream?rolls=1000&interval_ms=100`);
    const reader = response.body?.getReader();
    await reader?.read();
    const readAll = async (): Promise<void> => {
      for (let done = reader === undefined; !done; ) done = (await reader?.read())?.done ?? true;
    };
    return { ended: readAll().catch(() => {}) };
  },
  upload: async (url) => {
    const sent = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"player":"ann"}\n'));
        sent.resolve();
        await Bun.sleep(50);
      },
    });
    const ended = fetch(`${url}/rolldice/tally`, { method: "POST", body }).then(
      async (response) => void (await response.text()),
      () => {},
    );
    await sent.promise;
    return { ended };
  },
  table: async (url) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/rolldice/table`);
    const [played, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    socket.addEventListener("open", () => socket.send('{"player":"ann"}'));
    let messages = 0;
    socket.addEventListener("message", () => {
      messages += 1;
      played.resolve();
      // The table stays open when its call ends: the player is told, as after the first round.
      if (messages > 1) ended.resolve();
    });
    socket.addEventListener("close", () => {
      ended.resolve();
      played.reject(new Error("the table was closed before the first round"));
    });
    await played.promise;
    return { ended: ended.promise };
  },
};
