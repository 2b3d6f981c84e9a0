/**
 * OTLP over gRPC: the same three signals as over HTTP. It stands on HTTP/2 itself, because grpc-js neither unpacks zstd,
 * which Collectors send, nor bounds what all messages in flight unpack to.
 */
import {
  constants,
  createServer,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Access } from "../access.ts";
import { namesLoopback } from "../loopback.ts";
import type { Store } from "../store.ts";
import { RetryInfo } from "./gen/google/rpc/error_details.ts";
import { Status } from "./gen/google/rpc/status.ts";
import { FrameError, readFrame, writeFrame } from "./grpc-frame.ts";
import { TOKEN_IS_MISSING } from "./http.ts";
import { type Body, BodyError, type Intake, RETRY_AFTER_S } from "./intake.ts";
import { decodeBounded, LimitError } from "./limits.ts";
import { logs, metrics, type TelemetrySignal, traces } from "./telemetry-signals.ts";
import { GRPC_ENCODINGS } from "./unpack.ts";

type Receiver = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => Promise<Uint8Array>;

/** @see https://grpc.io/docs/guides/status-codes/ */
const OK = 0;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAUTHENTICATED = 16;

const CODES: Readonly<Record<BodyError["status"], number>> = {
  400: INVALID_ARGUMENT,
  408: DEADLINE_EXCEEDED,
  413: RESOURCE_EXHAUSTED,
  415: UNIMPLEMENTED,
  503: RESOURCE_EXHAUSTED,
};

export interface OtlpGrpcOptions {
  readonly store: Store;
  readonly intake: Intake;
  readonly access: Access;
  /** Whether `:authority` must be a name of this machine. */
  readonly isLocal: boolean;
  /** After so long without a call a connection is ended. An exporter of metrics sends once a minute. @default 600000 */
  readonly idleMs?: number;
}

/** @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
export function createOtlpGrpc({ store, intake, access, isLocal, idleMs = 600_000 }: OtlpGrpcOptions): Http2Server {
  const service = (name: string) => `/opentelemetry.proto.collector.${name}Service/Export`;
  const receivers = new Map<string, Receiver>([
    [service("trace.v1.Trace"), createReceiver(traces, store, intake)],
    [service("logs.v1.Logs"), createReceiver(logs, store, intake)],
    [service("metrics.v1.Metrics"), createReceiver(metrics, store, intake)],
  ]);
  const server = createServer();
  server.on("session", (session) => {
    // A peer that goes away is an error of its session, and no fault of the viewer's.
    session.on("error", () => {});
    const keepDuring = endWhenIdle(session, idleMs);
    session.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      const find = (path: string) => {
        checkCaller(headers, access, isLocal);
        return receivers.get(path);
      };
      void keepDuring(handle(stream, headers, find));
    });
  });
  return server;
}

/** Ends a connection on which no call has been running for that long. A client connects again for its next call. */
function endWhenIdle(session: Http2Session, idleMs: number): (call: Promise<void>) => Promise<void> {
  const start = () => setTimeout(() => session.destroy(), idleMs);
  let timer = start();
  let running = 0;
  session.on("close", () => clearTimeout(timer));
  return async (call) => {
    clearTimeout(timer);
    running += 1;
    await call;
    running -= 1;
    if (running === 0 && !session.destroyed) timer = start();
  };
}

async function handle(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  find: (path: string) => Receiver | undefined,
): Promise<void> {
  if (!headers["content-type"]?.startsWith("application/grpc")) {
    stream.respond({ [constants.HTTP2_HEADER_STATUS]: 415 }, { endStream: true });
    return;
  }
  try {
    const receive = find(headers[":path"] ?? "");
    if (!receive) throw new CallError(UNIMPLEMENTED, `the viewer does not have ${headers[":path"]}`);
    answer(stream, await receive(stream, headers));
  } catch (error) {
    fail(stream, error);
  }
}

/**
 * The rules of OTLP over HTTP. A browser speaks no gRPC over an unencrypted connection, so only a proxy can bring a page.
 * @throws CallError
 */
function checkCaller(headers: IncomingHttpHeaders, access: Access, isLocal: boolean): void {
  if (isLocal && !namesLoopback(headers[":authority"] ?? headers.host))
    throw new CallError(PERMISSION_DENIED, "this viewer takes calls to a name of this machine only, such as localhost");
  if (headers.origin !== undefined) throw new CallError(PERMISSION_DENIED, "a page may not send over gRPC");
  if (!access.allowsProgram(headers.authorization)) throw new CallError(UNAUTHENTICATED, TOKEN_IS_MISSING);
}

function createReceiver<Message, Answer>(
  signal: TelemetrySignal<Message, Answer>,
  store: Store,
  intake: Intake,
): Receiver {
  return async (stream, headers) => {
    const body = readBody(stream, headers);
    const response = await intake.take(body, (bytes) => signal.take(store, decode(signal, bytes)));
    return signal.responseType.encode(response).finish();
  };
}

/** @throws FrameError */
async function readBody(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Body> {
  const { isPacked, length, chunks } = await readFrame(stream);
  const encoding = isPacked ? String(headers["grpc-encoding"] ?? "identity") : "identity";
  return { chunks, length, encoding, encodings: GRPC_ENCODINGS };
}

/** @throws CallError */
function decode<Message>({ requestType }: TelemetrySignal<Message, unknown>, bytes: Uint8Array): Message {
  try {
    return decodeBounded(requestType, bytes);
  } catch (error) {
    if (error instanceof LimitError) throw new CallError(RESOURCE_EXHAUSTED, error.message);
    throw new CallError(INVALID_ARGUMENT, "the message is not the one that OTLP has for this method");
  }
}

class CallError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "CallError";
    this.code = code;
  }
}

function answer(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.closed) return;
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(OK) }));
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.end(writeFrame(message));
}

const HEADERS = {
  [constants.HTTP2_HEADER_STATUS]: 200,
  [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
  "grpc-accept-encoding": GRPC_ENCODINGS.join(","),
};

function fail(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.closed) return;
  const { code, message, details } = describe(error);
  stream.respond(
    {
      ...HEADERS,
      "grpc-status": String(code),
      "grpc-message": encodeURIComponent(message),
      ...(details && { "grpc-status-details-bin": details }),
    },
    { endStream: true },
  );
  // What the sender still sends is thrown away.
  stream.resume();
}

function describe(error: unknown): { readonly code: number; readonly message: string; readonly details?: string } {
  if (error instanceof CallError) return error;
  if (error instanceof FrameError) return { code: INTERNAL, message: error.message };
  if (error instanceof BodyError) {
    const [code, { message }] = [CODES[error.status], error];
    return { code, message, ...(error.status === 503 && { details: retryDetails(code, message) }) };
  }
  console.error(`viewer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { code: INTERNAL, message: "the viewer failed to answer this" };
}

/** Without it a sender must not send again. @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling */
function retryDetails(code: number, message: string): string {
  const retryDelay = { seconds: BigInt(RETRY_AFTER_S), nanos: 0 };
  const value = RetryInfo.encode({ retryDelay }).finish();
  const details = [{ typeUrl: "type.googleapis.com/google.rpc.RetryInfo", value }];
  return Buffer.from(Status.encode({ code, message, details }).finish()).toString("base64");
}
