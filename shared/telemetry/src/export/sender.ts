/**
 * A stock OTLP exporter with what it lacks: retries that can be stopped, the receiver's answer, and pauses while a batch is
 * written as bytes. The SDK has no public place for this, so the exporter's serializer and transport are used. A test fails
 * when an update moves them.
 */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { type ExportResult, suppressTracing } from "@opentelemetry/core";
import { type Decode, type Delivered, readDelivered } from "./answer.ts";
import { type Destination, ExportError, explainFailure, type Failure, NOT_OTLP, TOO_LATE } from "./failure.ts";
import type { LastAnswer, LastPost } from "./last-posts.ts";
import { createRetry, type Response, type Stopping, type Transport } from "./retry.ts";

/** A stock exporter. `export` is not called: it says what the serializer takes. */
export interface StockExporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

export type Outcome = Delivered | Failure;

/** Sends one batch at a time. */
export interface Sender<T> {
  /** Settles soon after the shutdown has timed out. Never rejects. */
  send(items: T): Promise<Outcome>;
  /**
   * The request for a batch that cannot be sent with `send()`, because the process ends at once. A failure where the receiver
   * asked to wait.
   */
  lastPost(items: T): LastPost | Failure;
  /** What an answer to such a request means. Without one there was no time. */
  readLast(answer: LastAnswer | undefined): Outcome;
  /** Drops the connections. Nothing is sent afterwards. */
  close(): void;
}

// A context of its own: a socket that is opened here would otherwise keep the context of a request in memory.
const exportContext = suppressTracing(ROOT_CONTEXT);

export interface SenderOptions<T> {
  /** Called with the first batch, so that nothing is loaded before it is needed. */
  readonly create: (closed: AbortSignal) => StockExporter<T>;
  readonly destination: Destination;
  readonly stopping: Stopping;
  /** How much longer than its timeout a batch may wait for a receiver that asks for that, in milliseconds. */
  readonly holdMs: number;
}

export function createSender<T>({ create, destination, stopping, holdMs }: SenderOptions<T>): Sender<T> {
  const closed = new AbortController();
  const retry = createRetry({ stopping, holdMs, probe: PROBES[destination.otlp.protocol] });
  const { protocol, timeoutMs } = destination.otlp;
  let opened: Opened<T> | undefined;
  const open = (): Opened<T> => {
    opened ??= openExporter(create(closed.signal));
    return opened;
  };
  const send = async (items: T): Promise<Outcome> => {
    try {
      const { serializer, transport } = open();
      const { timeIsUp } = stopping;
      // Two texts of JSON are not one text, so JSON has one part.
      const parts = protocol === "http/json" ? [items] : partsOf(items);
      // One part is sent before anything is waited for: so the timeout begins before that of the metric reader, which can be
      // as long, and would report the same failure again.
      const body =
        parts.length === 1 ? serializer.serializeRequest(items) : await serializeParts(serializer, parts, timeIsUp);
      if (body === undefined) return TOO_LATE;
      return readResponse(await retry.send(transport, body, timeoutMs), serializer);
    } catch (error) {
      return unsendable(error);
    }
  };
  return {
    send: (items) => context.with(exportContext, () => send(items)),
    lastPost: (items) => {
      const busy = retry.refusal();
      if (busy !== undefined) return explainFailure(busy.error, destination);
      try {
        return { destination, body: open().serializer.serializeRequest(items) };
      } catch (error) {
        return unsendable(error);
      }
    },
    readLast: (last) => (last === undefined || opened === undefined ? TOO_LATE : readResponse(last, opened.serializer)),
    close: () => {
      closed.abort();
      // Not waited for: it closes the transport, and nothing follows.
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
  readonly transport: Transport;
}

/** Written as bytes in one go, so many items delay the requests of the application by less than a millisecond. */
const ITEMS_AT_ONCE = 64;

/** A batch of spans or log records in several parts; metrics as they are. */
function partsOf<T>(items: T): readonly T[] {
  if (!Array.isArray(items) || items.length <= ITEMS_AT_ONCE) return [items];
  const starts = Array.from({ length: Math.ceil(items.length / ITEMS_AT_ONCE) }, (_, index) => index * ITEMS_AT_ONCE);
  return starts.map((start) => items.slice(start, start + ITEMS_AT_ONCE) as T);
}

/**
 * The process does other work between two parts. Messages of Protobuf that follow one another are one message with the
 * lists of all of them.
 * @returns `undefined` when the shutdown has timed out meanwhile.
 * @see https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
async function serializeParts<T>(
  serializer: Serializer<T>,
  parts: readonly T[],
  timeIsUp: AbortSignal,
): Promise<Uint8Array | undefined> {
  const bodies: Uint8Array[] = [];
  for (const part of parts) {
    if (bodies.length > 0) await otherWork(timeIsUp);
    if (timeIsUp.aborted) return undefined;
    bodies.push(serializer.serializeRequest(part));
  }
  return Buffer.concat(bodies);
}

/** Resolves when other work has had its turn, or at once when the time is up: then the process may have no further turn. */
function otherWork(timeIsUp: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const immediate = setImmediate(done);
  timeIsUp.addEventListener("abort", done);
  function done(): void {
    clearImmediate(immediate);
    timeIsUp.removeEventListener("abort", done);
    resolve();
  }
  return promise;
}

/** An empty message, which a receiver answers at once. Not over gRPC, which pings its connections itself. */
const PROBES = { "http/protobuf": new Uint8Array(), "http/json": Buffer.from("{}"), grpc: undefined } as const;

function unsendable(error: unknown): Failure {
  return { ok: false, reason: `the exporter failed (${error})`, advice: "", errorType: "exporter" };
}

/** `ISerializer` of `@opentelemetry/otlp-transformer`. */
interface Serializer<T> {
  serializeRequest(items: T): Uint8Array;
  deserializeResponse(body: Uint8Array): unknown;
}

function openExporter<T>(stock: StockExporter<T>): Opened<T> {
  const { _serializer: serializer, _transport: outer } = Reflect.get(stock, "_delegate");
  // Over HTTP the transport is inside of another one, which repeats what failed.
  return { stock, serializer, transport: outer._transport ?? outer };
}
