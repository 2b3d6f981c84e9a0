/** Between a batch processor of the SDK and a sender: sends one batch at a time, and counts every item. */
import type { MeterProvider } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { type BatchConfig, MAX_INT32, type OtlpConfig } from "../config.ts";
import type { Report } from "../diagnostics.ts";
import { ATTR_ERROR_TYPE } from "../semconv.ts";
import { SCOPE } from "../telemetry.ts";
import { describeEndpoint, type Failure, TOO_LATE } from "./failure.ts";
import type { CreateExporter } from "./otlp.ts";
import { createOutageLog, type OutageLog } from "./outage-log.ts";
import { createSender, type Outcome, type Sender, type Stopping } from "./sender.ts";

/** Counts of items. The sum of queued, in flight, exported, failed and dropped is the number of items that ended. */
export interface DeliveryTotals {
  /** In the processor. */
  queued: number;
  inFlight: number;
  /** Given to the exporter. */
  processed: number;
  /** Dropped because the queue was full. */
  droppedFull: number;
  /** Dropped because they came after shutdown. */
  droppedClosed: number;
  exported: number;
  /** Not exported, by `error.type`. */
  readonly failed: Map<string, number>;
}

/** An exporter as the SDK's batch processors take it. For them every export succeeds: failures are logged and counted here. */
export interface BatchExporter<T> extends Flushable {
  export(items: T[], done: (result: ExportResult) => void): void;
}

/** A processor or provider of the SDK, as far as it is flushed and shut down here. */
export interface Flushable {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export const NOTHING_TO_FLUSH: Flushable = { forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() };

export interface Delivery<T> {
  readonly totals: Readonly<DeliveryTotals>;
  readonly exporter: BatchExporter<T>;
  /** Returns whether the queue has space for this item. If not, the item counts as dropped. */
  admits(item: T): boolean;
  /** Resolves when every item that was admitted so far is sent or given up. */
  flush(processor: Flushable): Promise<void>;
  /** The same, and nothing is admitted afterwards. Items that still wait after the timeout count as given up. */
  shutdown(processor: Flushable): Promise<void>;
}

/** A queue that is half full takes only items of traces that have less than this share of the queue. */
const SMALL_SHARE = 1 / 32;
/** A queue that holds less does not count the items of each trace: nothing is decided by the count then. */
const COUNTED_FROM = 1 / 4;

/** @param traceOf Returns the trace of an item, so that one trace with many spans leaves space for other traces. */
export function createDelivery<T>(
  sender: Sender<T[]>,
  traceOf: (item: T) => string | undefined,
  { maxQueueSize }: BatchConfig,
  outages: OutageLog,
  timeIsUp: AbortSignal,
): Delivery<T> {
  const totals: DeliveryTotals = {
    ...{ queued: 0, inFlight: 0, processed: 0, droppedFull: 0, droppedClosed: 0, exported: 0 },
    failed: new Map(),
  };
  const queuedByTrace = new Map<string, number>();
  const addToTrace = (item: T, change: number): void => {
    const trace = traceOf(item);
    if (trace === undefined) return;
    const count = (queuedByTrace.get(trace) ?? 0) + change;
    if (count <= 0) queuedByTrace.delete(trace);
    else queuedByTrace.set(trace, count);
  };
  const isLarge = (item: T): boolean =>
    (queuedByTrace.get(traceOf(item) ?? "") ?? 0) >= Math.max(1, maxQueueSize * SMALL_SHARE);
  let closed = false;
  let sending: Promise<void> = Promise.resolve();
  let flushing: Promise<void> = Promise.resolve();

  const giveUp = (count: number, { reason, advice, errorType }: Omit<Failure, "ok">): void => {
    totals.failed.set(errorType, (totals.failed.get(errorType) ?? 0) + count);
    outages.failed(count, reason, advice);
  };
  const settle = (count: number, outcome: Outcome): void => {
    totals.inFlight -= count;
    if (!outcome.ok) {
      giveUp(count, outcome);
      return;
    }
    const { rejected } = outcome;
    totals.exported += count - rejected;
    if (rejected > 0) {
      const reason = `the receiver rejected ${rejected} (${outcome.reason || "without a reason"})`;
      giveUp(rejected, { reason, advice: "", errorType: "rejected" });
    } else outages.succeeded();
  };
  const send = async (items: T[]): Promise<void> => {
    settle(items.length, timeIsUp.aborted ? TOO_LATE : await sender.send(items));
  };
  // One after the other: during a flush, a second flush of the SDK's processors returns at once.
  const afterOthers = (work: () => Promise<void>): Promise<void> => {
    flushing = flushing.then(work, work).then(() => sending);
    return flushing;
  };
  return {
    totals,
    admits: (item) => {
      if (closed) {
        totals.droppedClosed += 1;
        return false;
      }
      if (totals.queued >= maxQueueSize || (totals.queued >= maxQueueSize / 2 && isLarge(item))) {
        totals.droppedFull += 1;
        outages.dropped(1);
        return false;
      }
      totals.queued += 1;
      if (totals.queued > maxQueueSize * COUNTED_FROM) addToTrace(item, 1);
      return true;
    },
    exporter: {
      export: (items, done) => {
        if (queuedByTrace.size > 0) for (const item of items) addToTrace(item, -1);
        totals.queued -= items.length;
        totals.processed += items.length;
        totals.inFlight += items.length;
        sending = sending.then(() => send(items)).then(() => done({ code: ExportResultCode.SUCCESS }));
      },
      ...NOTHING_TO_FLUSH,
    },
    flush: (processor) => afterOthers(() => processor.forceFlush()),
    shutdown: async (processor) => {
      closed = true;
      await afterOthers(() => processor.shutdown());
      outages.closed();
      sender.close();
    },
  };
}

export interface PipelineParts {
  readonly meterProvider: MeterProvider;
  readonly report: Report;
  readonly stopping: Stopping;
}

const ITEMS = {
  span: { signal: "TRACES", plural: "spans", unit: "{span}" },
  log: { signal: "LOGS", plural: "log records", unit: "{log_record}" },
} as const;

export interface OtlpDeliveryOptions<T> {
  readonly item: keyof typeof ITEMS;
  readonly traceOf: (item: T) => string | undefined;
  readonly otlp: OtlpConfig;
  readonly batch: BatchConfig;
}

/** A delivery to the stock exporter that `create` makes, with its outages in the log and its totals as metrics. */
export function createOtlpDelivery<T>(
  create: CreateExporter<T[]>,
  options: OtlpDeliveryOptions<T>,
  { meterProvider, report, stopping }: PipelineParts,
): Delivery<T> {
  const { item, traceOf, batch } = options;
  const { signal, plural } = ITEMS[item];
  const otlp = { ...options.otlp, timeoutMs: Math.min(options.otlp.timeoutMs, batch.exportTimeoutMs) };
  const sender = createSender((closed) => create(otlp, closed), { signal, otlp }, stopping);
  const outages = createOutageLog(plural, describeEndpoint(otlp.endpoint), report);
  const delivery = createDelivery<T>(sender, traceOf, batch, outages, stopping.timeIsUp);
  observeTotals(meterProvider, delivery.totals, options);
  return delivery;
}

/** The options of the SDK's batch processors. */
export function batchOptions({ maxQueueSize, maxBatchSize, scheduleDelayMs }: BatchConfig) {
  return {
    maxQueueSize,
    maxExportBatchSize: maxBatchSize,
    scheduledDelayMillis: scheduleDelayMs,
    // The sender has a timeout of its own, which is reported and counted.
    exportTimeoutMillis: MAX_INT32,
  };
}

/**
 * The SDK's own metrics count a batch as exported although the receiver rejected a part of it, and miss what comes after
 * the shutdown.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
function observeTotals(
  meterProvider: MeterProvider,
  totals: Readonly<DeliveryTotals>,
  { item, otlp, batch }: Omit<OtlpDeliveryOptions<never>, "traceOf">,
): void {
  const { unit } = ITEMS[item];
  const processor = componentAttributes(`batching_${item}_processor`);
  const exporter = componentAttributes(`${EXPORTER_TYPES[otlp.protocol]}_${item}_exporter`);
  const meter = meterProvider.getMeter(`${SCOPE}/sdk`);
  const upDown = (name: string, description: string, read: () => number, attributes: Record<string, string>): void => {
    meter
      .createObservableUpDownCounter(name, { unit, description })
      .addCallback((result) => result.observe(read(), attributes));
  };
  const inQueue = `otel.sdk.processor.${item}.queue`;
  upDown(`${inQueue}.size`, "Items that wait to be exported.", () => totals.queued, processor);
  upDown(`${inQueue}.capacity`, "The most items that can wait.", () => batch.maxQueueSize, processor);
  upDown(`otel.sdk.exporter.${item}.inflight`, "Items that are being exported.", () => totals.inFlight, exporter);
  meter
    .createObservableCounter(`otel.sdk.processor.${item}.processed`, {
      unit,
      description: "Items that were given to the exporter, or dropped before.",
    })
    .addCallback((result) => {
      result.observe(totals.processed, processor);
      result.observe(totals.droppedFull, { ...processor, [ATTR_ERROR_TYPE]: "queue_full" });
      result.observe(totals.droppedClosed, { ...processor, [ATTR_ERROR_TYPE]: "already_shutdown" });
    });
  meter
    .createObservableCounter(`otel.sdk.exporter.${item}.exported`, {
      unit,
      description: "Items that were exported, or given up after the last try.",
    })
    .addCallback((result) => {
      result.observe(totals.exported, exporter);
      for (const [type, count] of totals.failed) result.observe(count, { ...exporter, [ATTR_ERROR_TYPE]: type });
    });
}

/** `otel.component.type`, without the item. */
const EXPORTER_TYPES = { "http/protobuf": "otlp_http", "http/json": "otlp_http_json", grpc: "otlp_grpc" } as const;

/** How many of one component there are. One for the process, because the names must be unique in it. */
const instances = new Map<string, number>();

function componentAttributes(type: string): Record<string, string> {
  const index = instances.get(type) ?? 0;
  instances.set(type, index + 1);
  return { "otel.component.type": type, "otel.component.name": `${type}/${index}` };
}
