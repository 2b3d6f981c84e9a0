/** Callers that leave: whenever and however they do, each span that was started ends, on both sides. */
import { afterEach, describe, expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestTelemetry } from "../testing.ts";
import { type EchoPair, type Message, startEcho } from "./echo.fixture.ts";

const pairs: EchoPair[] = [];
afterEach(async () => {
  for (const pair of pairs.splice(0)) await pair.stop();
});

async function start(behave: () => Promise<void> = async () => {}): Promise<EchoPair> {
  const pair = await startEcho({ behave });
  pairs.push(pair);
  return pair;
}

type Api = EchoPair["api"];

async function* requests() {
  for (let count = 0; count < 3; count++) {
    yield { text: `${count}` };
    await sleep(1);
  }
}

const streams: readonly (readonly [string, (api: Api, signal: AbortSignal) => AsyncIterable<Message>])[] = [
  ["server streaming", (api, signal) => api.serverStream({ text: "a" }, { signal })],
  ["bidirectional", (api, signal) => api.bidi(requests(), { signal })],
];

describe.each(streams)("%s: the reader asks for no more messages", (_, call) => {
  test("and aborts: CANCELLED on both sides", async () => {
    const { api, clientSide, serverSide } = await start();
    const abort = new AbortController();
    await call(api, abort.signal)[Symbol.asyncIterator]().next();
    abort.abort(new Error("left"));
    const [[client], [server]] = await Promise.all([clientSide.waitForSpans(1), serverSide.waitForSpans(1)]);
    expect([client?.attributes["rpc.status_code"], client?.status, client?.statusMessage]).toEqual([
      "CANCELLED",
      "ERROR",
      "left",
    ]);
    expect(server?.attributes["rpc.status_code"]).toMatch(/^(CANCELLED|OK)$/);
  });

  test("its signal may live longer than the call: the call leaves no listener behind", async () => {
    const { api } = await start();
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    for await (const _message of call(api, signal));
    expect(listeners).toBe(0);
  });
});

const kinds: readonly (readonly [string, (api: Api, signal: AbortSignal) => AsyncIterable<unknown>])[] = [
  ...streams,
  ["unary", (api, signal) => once(() => api.unary({ text: "a" }, { signal }))],
  ["client streaming", (api, signal) => once(() => api.clientStream(requests(), { signal }))],
];

async function* once<T>(call: () => Promise<T>) {
  yield await call();
}

const CALLS = 200;

test.each(kinds)("%s: a storm of callers that leave at any moment, in any way", async (_, call) => {
  const { api, clientSide, serverSide } = await start(() => sleep(Math.random() * 5));
  const leave = async () => {
    const abort = new AbortController();
    const stream = call(api, abort.signal)[Symbol.asyncIterator]();
    const timer = setTimeout(
      () => abort.abort(Math.random() < 0.5 ? new Error("left") : undefined),
      Math.random() * 80,
    );
    const way = Math.random();
    try {
      await stream.next();
      if (way < 0.3) await stream.return?.();
      else if (way < 0.6) while (!(await stream.next()).done);
      // Otherwise nobody asks again, until the signal aborts.
      else if (!abort.signal.aborted) await new Promise((resolve) => abort.signal.addEventListener("abort", resolve));
    } catch {
      // It has left.
    }
    clearTimeout(timer);
  };
  await Promise.all(Array.from({ length: CALLS }, leave));
  await clientSide.waitForSpans(CALLS);
  await untilNoneIsLive(clientSide);
  await untilNoneIsLive(serverSide);
});

async function untilNoneIsLive(side: TestTelemetry): Promise<void> {
  for (;;) {
    const metrics = await side.metrics();
    const [live] = metrics.filter(({ name }) => name === "otel.sdk.span.live");
    // There is no such metric where every caller left before its call came in.
    if (live === undefined || live.dataPoints.every(({ value }) => value === 0)) return;
    await sleep(10);
  }
}
