/**
 * Sends at the very end of a process. A listener of its `exit` event is synchronous: nothing that it starts runs on. So a
 * worker sends, and this thread waits for the worker.
 */
import type { MessagePort } from "node:worker_threads";
import type { OtlpConfig } from "../config.ts";
import type { Destination } from "./failure.ts";
import { GRPC_PATHS, grpcAddress, isGrpcSecure } from "./grpc-target.ts";
import { tlsOptions } from "./otlp.ts";

/** One request to a receiver. It is tried once. */
export interface LastPost {
  readonly destination: Destination;
  readonly body: Uint8Array;
}

/** `error` has the fields that `explainFailure()` reads; it is undefined for an HTTP status that asks to come back. */
export type LastAnswer =
  | { readonly status: "success"; readonly data: Uint8Array }
  | { readonly status: "failure"; readonly error: ErrorFields | undefined };

interface ErrorFields {
  readonly message: string;
  /** Of the system, of HTTP or of gRPC. */
  readonly code?: string | number | undefined;
  /** Of gRPC. */
  readonly details?: string;
  /** The body of an answer over HTTP. */
  readonly data?: string;
}

/** @returns The answers in the order of the requests; `undefined` for one that did not come in time. Never throws. */
export function sendLastPosts(posts: readonly LastPost[], timeoutMs: number): readonly (LastAnswer | undefined)[] {
  try {
    return sendAndWait(posts, timeoutMs);
  } catch (error) {
    // A process that is at its limit of threads cannot start one more.
    return posts.map(() => ({ status: "failure", error: new Error(String(error)) }));
  }
}

function sendAndWait(posts: readonly LastPost[], timeoutMs: number): readonly (LastAnswer | undefined)[] {
  const requests = posts.map(({ destination: { signal, otlp }, body }): Request => {
    const { protocol, endpoint, headers } = otlp;
    const to = protocol === "grpc" ? { url: grpcUrl(otlp), path: GRPC_PATHS[signal] } : { url: endpoint, path: "" };
    return { protocol, ...to, headers: { ...headers }, tls: tlsOptions(otlp), body };
  });
  const { MessageChannel, receiveMessageOnPort } = process.getBuiltinModule("node:worker_threads");
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  // The source of a function, because a bundle has no file that a worker could run.
  const source = `self.onmessage = ({ data }) => (${sendInWorker})(data);`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  worker.postMessage({ requests, done, port: port2 } satisfies Job, [port2]);
  Atomics.wait(done, 0, 0, timeoutMs);
  const answers: (LastAnswer | undefined)[] = posts.map(() => undefined);
  for (let received = receiveMessageOnPort(port1); received !== undefined; received = receiveMessageOnPort(port1)) {
    const { index, answer }: Indexed = received.message;
    if (answer.status === "failure" && answer.error !== undefined) {
      // A message to another thread loses the class of an error and the fields that are not of the language.
      answers[index] = { ...answer, error: Object.assign(new Error(answer.error.message), answer.error) };
    } else answers[index] = answer;
  }
  return answers;
}

function grpcUrl(otlp: OtlpConfig): string {
  const address = grpcAddress(otlp.endpoint);
  return address.startsWith("unix:") ? address : `${isGrpcSecure(otlp) ? "https" : "http"}://${address}`;
}

interface Request {
  readonly protocol: OtlpConfig["protocol"];
  /** Over HTTP the whole URL. Over gRPC one without a path, or `unix:///path` of a socket. */
  readonly url: string;
  /** Of the method. Only over gRPC. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly tls: ReturnType<typeof tlsOptions>;
  readonly body: Uint8Array;
}

interface Job {
  readonly requests: readonly Request[];
  readonly done: Int32Array;
  readonly port: MessagePort;
}

interface Indexed {
  readonly index: number;
  readonly answer: LastAnswer;
}

/** Runs in the worker, so it can use nothing of this module. Receivers are sent to at the same time, each in order. */
async function sendInWorker({ requests, done, port }: Job): Promise<void> {
  const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
  const TOO_LONG = "the answer exceeded the size limit";
  const { connect } = process.getBuiltinModule("node:http2");
  const { createConnection } = process.getBuiltinModule("node:net");

  async function overHttp({ protocol, url, headers, tls, body }: Request): Promise<LastAnswer> {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": protocol === "http/json" ? "application/json" : "application/x-protobuf" },
      body: new Uint8Array(body),
      redirect: "manual",
      tls,
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw new Error(TOO_LONG);
      chunks.push(chunk);
    }
    const data = Buffer.concat(chunks);
    if (response.ok) return { status: "success", data };
    if ([429, 502, 503, 504].includes(response.status)) return { status: "failure", error: undefined };
    const { status, statusText } = response;
    return { status: "failure", error: { code: status, message: statusText, data: data.toString() } };
  }

  /**
   * A receiver should percent-encode it. Some send the text as it is.
   * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
   */
  function decoded(words: string): string {
    try {
      return decodeURIComponent(words);
    } catch {
      return words;
    }
  }

  async function overGrpc({ url, path, headers, tls, body }: Request): Promise<LastAnswer> {
    const { promise, resolve } = Promise.withResolvers<LastAnswer>();
    const fail = ({ code, message }: Error & { readonly code?: string }): void =>
      resolve({ status: "failure", error: { code, message } });
    const session = url.startsWith("unix:")
      ? connect("http://localhost", { createConnection: () => createConnection(url.slice("unix://".length)) })
      : connect(url, tls);
    session.on("error", fail);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(body.length, 1);
    const head: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    let length = 0;
    session
      .request({ ...headers, ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" })
      .on("response", (fields) => Object.assign(head, fields))
      .on("trailers", (fields) => Object.assign(head, fields))
      .on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
        else {
          fail(new Error(TOO_LONG));
          session.destroy();
        }
      })
      .on("error", fail)
      .on("close", () => {
        const { ":status": http, "grpc-status": code, "grpc-message": words = "" } = head;
        const isGrpc = http === undefined || http === 200;
        const ended = isGrpc ? "Call ended without gRPC status" : `Received HTTP status code ${http}`;
        const details = code === undefined ? ended : decoded(String(words));
        if (code === "0") resolve({ status: "success", data: Buffer.concat(chunks).subarray(5) });
        else resolve({ status: "failure", error: { code: Number(code ?? 2), details, message: details } });
        session.close();
      })
      .end(Buffer.concat([prefix, body]));
    return await promise;
  }

  const byReceiver = Map.groupBy(requests.entries(), ([, { protocol, url }]) => `${protocol} ${url}`);
  await Promise.all(
    [...byReceiver.values()].map(async (group) => {
      for (const [index, request] of group) {
        const answer = await (request.protocol === "grpc" ? overGrpc : overHttp)(request).catch(
          (error): LastAnswer => ({ status: "failure", error: { code: error.code, message: error.message } }),
        );
        port.postMessage({ index, answer } satisfies Indexed);
      }
    }),
  );
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
