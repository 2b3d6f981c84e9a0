/**
 * A stock OTLP exporter with what it lacks: retries that can be stopped, and the receiver's answer.
 * The SDK has no public place for this, so the exporter's transport is replaced. A test fails when an update moves it.
 */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode, suppressTracing } from "@opentelemetry/core";
import { type Decode, type Delivered, readDelivered } from "./answer.ts";
import { type Destination, ExportError, explainFailure, type Failure, NOT_OTLP, TOO_LATE } from "./failure.ts";
import type { LastAnswer, LastPost } from "./last-posts.ts";
import { createRetry, type Response, type Stopping, type Transport } from "./retry.ts";

/** The part of the stock exporters that is used here. */
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
  let opened: Opened<T> | undefined;
  let answer: Outcome | undefined;
  const open = (): Opened<T> => {
    const stock = create(closed.signal);
    const serializer = replaceTransport<T>(stock, (transport) => ({
      shutdown: () => transport.shutdown(),
      send: async (body, timeoutMs) => {
        answer = readResponse(await retry.send(transport, body, timeoutMs), serializer);
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
      const busy = retry.refusal();
      if (busy !== undefined) return explainFailure(busy.error, destination);
      try {
        opened ??= open();
        return { destination, body: opened.serializer.serializeRequest(items) };
      } catch (error) {
        return unsendable(error);
      }
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

function replaceTransport<T>(exporter: object, replace: (transport: Transport) => Transport): Serializer<T> {
  const delegate = Reflect.get(exporter, "_delegate");
  const outer = delegate._transport;
  // Over HTTP the transport is inside of another one, which repeats what failed.
  delegate._transport = replace(outer._transport ?? outer);
  return delegate._serializer;
}
