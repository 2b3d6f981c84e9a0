/**
 * A stock OTLP exporter with what it lacks: a send that can be stopped, a retry over gRPC, and the receiver's answer.
 * The SDK has no public place for this, so the exporter's transport is replaced. A test fails when an update moves it.
 */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode, suppressTracing } from "@opentelemetry/core";
import { type Decode, type Delivered, readDelivered } from "./answer.ts";
import {
  type Destination,
  ExportError,
  explainFailure,
  type Failure,
  GRPC,
  NOT_OTLP,
  SHUTDOWN,
  TIMEOUT,
  TOO_LATE,
} from "./failure.ts";
import type { LastAnswer, LastPost } from "./last-posts.ts";

/** The part of the stock exporters that is used here. */
export interface StockExporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

export type Outcome = Delivered | Failure;

/** When and how a shutdown ends the exports that still run. */
export interface Stopping {
  /** Aborts when the shutdown begins: a receiver that is not there gets one more try, at once. */
  readonly begun: AbortSignal;
  /** Aborts when the shutdown times out. Then exports that still run are given up. */
  readonly timeIsUp: AbortSignal;
  /** Until then, in milliseconds; `Infinity` before the shutdown begins. */
  timeLeftMs(): number;
}

/** Sends one batch at a time. */
export interface Sender<T> {
  /** Settles soon after the shutdown has timed out. Never rejects. */
  send(items: T): Promise<Outcome>;
  /** The request for a batch that cannot be sent with `send()`, because the process ends at once. */
  lastPost(items: T): LastPost;
  /** What an answer to such a request means. Without one there was no time. */
  readLast(answer: LastAnswer | undefined): Outcome;
  /** Drops the connections. Nothing is sent afterwards. */
  close(): void;
}

// A context of its own: a socket that is opened here would otherwise keep the context of a request in memory.
const exportContext = suppressTracing(ROOT_CONTEXT);

/** `create` is called with the first batch, so that nothing is loaded before it is needed. */
export function createSender<T>(
  create: (closed: AbortSignal) => StockExporter<T>,
  destination: Destination,
  stopping: Stopping,
): Sender<T> {
  const closed = new AbortController();
  let opened: Opened<T> | undefined;
  let answer: Outcome | undefined;
  const open = (): Opened<T> => {
    const stock = create(closed.signal);
    const serializer = replaceTransport<T>(stock, (transport) => ({
      shutdown: () => transport.shutdown(),
      send: async (body, timeoutMs) => {
        answer = readResponse(await sendRepeatedly(transport, body, timeoutMs, stopping), serializer);
        // Without the body: the stock exporter would only log what it says.
        return { status: "success" };
      },
    }));
    return { stock, serializer };
  };
  const send = async (items: T): Promise<Outcome> => {
    answer = undefined;
    try {
      opened ??= open();
      const { promise, resolve } = Promise.withResolvers<ExportResult>();
      opened.stock.export(items, resolve);
      const { code, error } = await promise;
      if (code === ExportResultCode.FAILED) return unsendable(error);
      return answer ?? unsendable("no answer was read");
    } catch (error) {
      return unsendable(error);
    }
  };
  return {
    send: (items) => context.with(exportContext, () => send(items)),
    lastPost: (items) => {
      opened ??= open();
      return { destination, body: opened.serializer.serializeRequest(items) };
    },
    readLast: (last) => (last === undefined || opened === undefined ? TOO_LATE : readResponse(last, opened.serializer)),
    close: () => {
      closed.abort();
      // Not waited for: it waits for the export that is under way.
      void opened?.stock.shutdown().catch(() => {});
    },
  };

  function readResponse(response: Response, serializer: Serializer<T>): Outcome {
    if (response.status !== "success") return explainFailure(response.error, destination);
    const decode: Decode = (body) => serializer.deserializeResponse(body);
    const delivered = readDelivered(response.data ?? new Uint8Array(), decode, destination.otlp.protocol);
    return delivered ?? explainFailure(new ExportError(NOT_OTLP), destination);
  }
}

interface Opened<T> {
  readonly stock: StockExporter<T>;
  readonly serializer: Serializer<T>;
}

export function unsendable(error: unknown): Failure {
  return { ok: false, reason: `the exporter failed (${error})`, advice: "", errorType: "exporter" };
}

type Response =
  | { readonly status: "success"; readonly data?: Uint8Array; readonly error?: undefined }
  | { readonly status: "failure"; readonly error: unknown }
  | { readonly status: "retryable"; readonly error?: unknown; readonly retryInMillis?: number };

/** `IExporterTransport` of `@opentelemetry/otlp-exporter-base`. */
interface Transport {
  send(body: Uint8Array, timeoutMs: number): Promise<Response>;
  shutdown(): void;
}

/** `ISerializer` of `@opentelemetry/otlp-transformer`. */
interface Serializer<T> {
  serializeRequest(items: T): Uint8Array;
  deserializeResponse(body: Uint8Array): unknown;
}

function replaceTransport<T>(exporter: object, replace: (transport: Transport) => Transport): Serializer<T> {
  const delegate = Reflect.get(exporter, "_delegate");
  const outer = delegate._transport;
  // Over HTTP the transport is inside of another one, which repeats what failed.
  delegate._transport = replace(outer._transport ?? outer);
  return delegate._serializer;
}

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 5000;
const FACTOR = 1.5;
const JITTER = 0.2;
const DEADLINE_MARGIN_MS = 100;

/** @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
async function sendRepeatedly(
  transport: Transport,
  body: Uint8Array,
  timeoutMs: number,
  { begun, timeIsUp, timeLeftMs }: Stopping,
): Promise<Response> {
  const deadline = performance.now() + timeoutMs;
  let failed: Response | undefined;
  for (let tries = 1, backOff = FIRST_DELAY_MS; ; tries += 1, backOff = Math.min(backOff * FACTOR, MAX_DELAY_MS)) {
    const timeLeft = Math.max(1, deadline - performance.now());
    // A call over gRPC keeps the process alive until its own deadline. It is a little later than ours, so that our reason
    // is the one that is reported.
    const ownTime = Math.min(timeLeft, Math.max(0, timeLeftMs()) + DEADLINE_MARGIN_MS);
    const response = await firstOf(transport.send(body, ownTime), timeLeft, timeIsUp);
    // The failure of an earlier try says more than "there was no time for another".
    if (response.error instanceof ExportError) return failed ?? response;
    if (!isRetryable(response)) return response;
    failed = response;
    if (timeIsUp.aborted || (begun.aborted && response.error !== undefined && tries > 1)) return response;
    // "Retry-After: 0" or a date in the past would make this a loop without a pause.
    const asked = response.status === "retryable" ? (response.retryInMillis ?? 0) : 0;
    const delay = Math.max(asked, backOff * (1 - JITTER + 2 * JITTER * Math.random()));
    if (performance.now() + delay >= deadline) return response;
    await pause(delay, response.error === undefined ? [timeIsUp] : [timeIsUp, begun]);
  }
}

/** By number. @see https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE_GRPC: ReadonlySet<unknown> = new Set(
  ["CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"].map((name) =>
    GRPC.indexOf(name),
  ),
);

function isRetryable(response: Response): boolean {
  const { error } = response;
  if (response.status !== "failure" || !(error instanceof Error) || !("details" in error)) {
    return response.status === "retryable";
  }
  return "code" in error && RETRYABLE_GRPC.has(error.code);
}

/** The response, or the end of the time. The stock timeout starts again with each byte, so a slow answer would delay it. */
async function firstOf(work: Promise<Response>, timeoutMs: number, stop: AbortSignal): Promise<Response> {
  const settled = new AbortController();
  const end = pause(timeoutMs, [stop, settled.signal]).then(
    (): Response => ({ status: "failure", error: new ExportError(stop.aborted ? SHUTDOWN : TIMEOUT) }),
  );
  try {
    return await Promise.race([work, end]);
  } catch (error) {
    return { status: "failure", error };
  } finally {
    settled.abort();
  }
}

/** Ends early when one of the signals aborts. The timer does not keep the process alive. */
function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(done, ms).unref();
  for (const signal of signals) signal.addEventListener("abort", done);
  function done(): void {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener("abort", done);
    resolve();
  }
  return promise;
}
