/** gRPC by the frame, over `node:http2`: client libraries join and check the very metadata that is examined. */
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import type { HeaderLines } from "../cases/index.ts";
import { authorityOf, fillIn, type Target } from "../target.ts";
import { problemOf, type Reply, type Sender } from "./message.ts";

export interface GrpcReply extends Reply {
  readonly messages: readonly Buffer[];
}

export interface GrpcConnection {
  /** Sends all messages, then waits for the status. Never rejects. */
  call(path: string, headers: HeaderLines, messages: readonly Uint8Array[], leave?: boolean): Promise<GrpcReply>;
  stop(): void;
}

/** What is kept of the answers of a call: a stream may have no end. */
const MAX_REPLY_BYTES = 4 * 1024 * 1024;
const FRAME_HEAD = 5;

/** One connection for many calls; opened anew when it was lost. */
export function createGrpcConnection(target: Target, timeoutMs: number): GrpcConnection {
  let session: ClientHttp2Session | undefined;
  const connection = () => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(`${target.secure ? "https" : "http"}://${authorityOf(target)}`);
      // Each call listens for the loss of its connection and reports it itself.
      session.setMaxListeners(0);
      session.on("error", () => {});
    }
    return session;
  };
  return {
    stop: () => session?.destroy(),
    call: (path, headers, messages, leave = false) =>
      callOver(connection(), { path, headers, messages, leave, timeoutMs }),
  };
}

interface Call {
  readonly path: string;
  readonly headers: HeaderLines;
  readonly messages: readonly Uint8Array[];
  readonly leave: boolean;
  readonly timeoutMs: number;
}

function callOver(session: ClientHttp2Session, call: Call): Promise<GrpcReply> {
  const { promise, resolve } = Promise.withResolvers<GrpcReply>();
  const fields = new Map<string, string>();
  let body = Buffer.alloc(0);
  let failure: Pick<Reply, "problem" | "detail"> | undefined;
  const stream = session.request({
    ":method": "POST",
    ":path": call.path,
    "content-type": "application/grpc",
    te: "trailers",
    ...groupByName(call.headers),
  });
  const settle = () => {
    clearTimeout(timer);
    session.off("error", onLost);
    const status = fields.get("grpc-status");
    const text = decodeURIComponentSafely(fields.get("grpc-message") ?? "");
    const reply = { status: status === undefined ? undefined : Number(status), headers: [...fields], text };
    const problem = status === undefined ? (failure ?? withoutStatus(fields)) : {};
    resolve({ ...reply, ...problem, messages: readFrames(body) });
  };
  const end = (reason: Pick<Reply, "problem" | "detail">) => {
    failure ??= reason;
    stream.close(CANCEL);
    settle();
  };
  const onLost = (error: unknown) => end(problemOf(error));
  const timer = setTimeout(
    () => end({ problem: "timeout", detail: `no answer within ${call.timeoutMs / 1000} s` }),
    call.timeoutMs,
  );
  const read = (received: IncomingHttpHeaders) => {
    for (const [name, value] of Object.entries(received)) fields.set(name, String(value));
  };
  session.once("error", onLost);
  stream.on("response", read);
  stream.on("trailers", read);
  stream.on("data", (chunk: Buffer) => {
    if (body.length < MAX_REPLY_BYTES) body = Buffer.concat([body, chunk]);
    else end({ problem: "left", detail: "the answer was longer than what is read of it" });
  });
  stream.on("error", (error) => {
    failure ??= problemOf(error);
  });
  stream.on("close", settle);
  for (const message of call.messages) stream.write(frame(message));
  if (call.leave) setTimeout(() => end({ problem: "left" }), LEAVE_AFTER_MS);
  else stream.end();
  return promise;
}

const CANCEL = 8;
/** Long enough for the headers to be written, shorter than the answer of a method that waits for the end of the input. */
const LEAVE_AFTER_MS = 20;

/** An HTTP answer that is not gRPC's, such as the page of a proxy. */
function withoutStatus(fields: ReadonlyMap<string, string>): Pick<Reply, "problem" | "detail"> {
  const http = fields.get(":status");
  if (http === undefined) return { problem: "closed", detail: "the call ended without a status" };
  return { problem: "not understood", detail: `HTTP ${http} without a grpc-status` };
}

/** Header lines of one name become a list, which `node:http2` sends as separate fields. */
function groupByName(headers: HeaderLines): OutgoingHttpHeaders {
  const grouped = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return Object.fromEntries([...grouped].map(([name, lines]) => [name, lines.map(([, value]) => value)]));
}

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests (Length-Prefixed-Message) */
function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function readFrames(body: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + FRAME_HEAD <= body.length; ) {
    const end = at + FRAME_HEAD + body.readUInt32BE(at + 1);
    if (end > body.length) break;
    messages.push(body.subarray(at + FRAME_HEAD, end));
    at = end;
  }
  return messages;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Sends the messages that the JSON was made into, which reflection made possible. */
export function createGrpcSender(
  target: Target,
  connection: GrpcConnection,
  encode: (json: string) => readonly Uint8Array[],
): Sender {
  return {
    stop: () => connection.stop(),
    send: ({ headers, callbackUrl, variant }) => {
      const own = target.headers.map(([name, value]) => [name, fillIn(value, callbackUrl, "text")] as const);
      const messages = encode(fillIn(target.body, callbackUrl, "text"));
      return connection.call(target.path, [...own, ...headers], messages, variant === "leave");
    },
  };
}
