/** Callbacks, promises, events and signals. */
import { EventEmitter } from "node:events";
import { readFile } from "node:fs";
import { finished, PassThrough } from "node:stream";
import { type Span, trace } from "@opentelemetry/api";
import { outside } from "./outside.ts";
import type { SurvivalCase } from "./survival.ts";

/** A case in which a callback is passed to an API, and records which span is active when it is called. */
function callback(
  place: string,
  register: (callback: () => void) => void,
  plain: "kept" | "lost" = "kept",
  remedy = "",
) {
  const tryPlain = () => new Promise<Span | undefined>((resolve) => register(() => resolve(trace.getActiveSpan())));
  return { place, plain, remedy, tryPlain } satisfies SurvivalCase;
}

const bindIt = "`context.bind(context.active(), listener)`";

export const callbackCases: readonly SurvivalCase[] = [
  {
    place: "`await`",
    plain: "kept",
    remedy: "",
    tryPlain: async () => {
      await Promise.resolve();
      return trace.getActiveSpan();
    },
  },
  callback("`.then()`", (done) => void Promise.resolve().then(done)),
  callback("`setTimeout`", (done) => void setTimeout(done, 0)),
  callback("`setImmediate`", (done) => void setImmediate(done)),
  callback("`setInterval`", (done) => {
    const timer = setInterval(() => {
      clearInterval(timer);
      done();
    }, 1);
  }),
  callback("`queueMicrotask`", (done) => queueMicrotask(done)),
  callback("`process.nextTick`", (done) => process.nextTick(done)),
  callback("`node:fs` callbacks", (done) => readFile(import.meta.path, () => done())),
  callback("`stream.finished`", (done) => {
    const stream = new PassThrough();
    finished(stream, () => done());
    stream.end();
    stream.resume();
  }),
  callback("`EventEmitter`, emitted in the same context", (done) => {
    const emitter = new EventEmitter();
    emitter.once("x", done);
    emitter.emit("x");
  }),
  callback(
    "`EventEmitter`, emitted from elsewhere",
    (done) => {
      const emitter = new EventEmitter();
      emitter.once("x", done);
      outside(() => emitter.emit("x"));
    },
    "lost",
    `By design: a listener runs where \`emit\` is called. ${bindIt}`,
  ),
  callback(
    "`AbortSignal` listener, aborted from elsewhere",
    (done) => {
      const abort = new AbortController();
      abort.signal.addEventListener("abort", done);
      outside(() => abort.abort());
    },
    "lost",
    `By design, as for events. ${bindIt}`,
  ),
  callback(
    "`AbortSignal.timeout` listener",
    (done) => AbortSignal.timeout(1).addEventListener("abort", done),
    "lost",
    bindIt,
  ),
  {
    place: "an async generator, read where it was made",
    plain: "kept",
    remedy: "",
    tryPlain: async () => {
      for await (const active of activeAfterAwait()) return active;
      return undefined;
    },
  },
  {
    place: "an async generator, read from elsewhere",
    plain: "lost",
    remedy: "By design: it resumes where `next()` is called. The gRPC middleware binds each step",
    tryPlain: () => {
      const generator = activeAfterAwait();
      return outside(async () => (await generator.next()).value ?? undefined);
    },
    tryRepaired: () => import("./repaired.ts").then(({ streamingMethodKeepsContext }) => streamingMethodKeepsContext()),
  },
  {
    place: "`Worker` messages",
    plain: "lost",
    remedy: "Another thread: send the context along (`propagation.inject`) and extract it there",
    tryPlain: () =>
      new Promise((resolve) => {
        const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])));
        worker.onmessage = () => {
          resolve(trace.getActiveSpan());
          worker.terminate();
        };
      }),
  },
  callback(
    "`MessagePort` messages",
    (done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        done();
        port1.close();
      };
      port2.postMessage(1);
    },
    "lost",
    bindIt,
  ),
];

async function* activeAfterAwait(): AsyncGenerator<Span | undefined> {
  await Promise.resolve();
  yield trace.getActiveSpan();
}
