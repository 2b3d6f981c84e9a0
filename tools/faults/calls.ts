/** The four kinds of call through front, each as a request that is in the middle of it. */

export interface OpenCall {
  /** Resolves when the call has ended, however. */
  readonly ended: Promise<void>;
}

export type CallKind = "unary" | "stream" | "upload" | "table";

/** Lines that front takes before an upload counts as running: it would have refused it by then. */
const LINES = 3;

/**
 * Resolves when the call runs: something has come from back, or front takes what is sent. A unary call is only sent to
 * front: nothing of it comes early.
 *
 * @throws Error when front refuses it.
 */
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
    if (!response.ok) throw new Error(`the stream was answered ${response.status}`);
    const reader = response.body?.getReader();
    await reader?.read();
    const readAll = async (): Promise<void> => {
      for (let done = reader === undefined; !done; ) done = (await reader?.read())?.done ?? true;
    };
    return { ended: readAll().catch(() => {}) };
  },
  upload: async (url) => {
    const sent = Promise.withResolvers<void>();
    let lines = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"player":"ann"}\n'));
        lines += 1;
        if (lines > LINES) sent.resolve();
        await Bun.sleep(50);
      },
    });
    const answer = fetch(`${url}/rolldice/tally`, { method: "POST", body });
    const refused = answer.then(({ status }) => Promise.reject(new Error(`the upload was answered ${status}`)));
    await Promise.race([sent.promise, refused]);
    const ended = answer.then(
      async (response) => void (await response.text()),
      () => {},
    );
    return { ended };
  },
  table: async (url) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/rolldice/table`);
    const [played, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    socket.addEventListener("open", () => socket.send('{"player":"ann"}'));
    let messages = 0;
    socket.addEventListener("message", ({ data }) => {
      messages += 1;
      if (String(data).includes('"round"')) played.resolve();
      else played.reject(new Error(`the table answered ${data}`));
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
