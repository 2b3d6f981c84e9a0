/** Between a batch processor of the SDK and a sender: sends one batch at a time, and counts every item. */
import type { MeterProvider } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { BatchConfig } from "../config.ts";
import { SCOPE } from "../scope.ts";
import { ATTR_ERROR_TYPE } from "../semconv.ts";
import { type Failure, TOO_LATE } from "./failure.ts";
import type { OutageLog } from "./outage-log.ts";
import type { Outcome, Sender } from "./sender.ts";

/** What became of every item: made = queued + in flight + exported + failed + dropped. */
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

/** An exporter as the SDK's batch processors take it. To them every export succeeds: failures are told here, once. */
export interface BatchExporter<T> {
  export(items: T[], done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The part of the SDK's batch processors that is driven from here. */
export interface BatchProcessor {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface Delivery<T> {
  readonly totals: Readonly<DeliveryTotals>;
  readonly exporter: BatchExporter<T>;
  /** Is there room for one more? Where there is none, one more counts as dropped. */
  admits(): boolean;
  /** Resolves when all that was admitted so far is sent or given up. */
  flush(processor: BatchProcessor): Promise<void>;
  /** The same, and nothing is admitted afterwards. What still waits when the time is up counts as given up. */
  shutdown(processor: BatchProcessor): Promise<void>;
}

export function createDelivery<T>(
  sender: Sender<T[]>,
  { maxQueueSize }: BatchConfig,
  outages: OutageLog,
  timeIsUp: AbortSignal,
): Delivery<T> {
  const totals: DeliveryTotals = {
    ...{ queued: 0, inFlight: 0, processed: 0, droppedFull: 0, droppedClosed: 0, exported: 0 },
    failed: new Map(),
  };
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
  // One after the other: the SDK's processors return at once from a flush while another one is under way.
  const afterOthers = (work: () => Promise<void>): Promise<void> => {
    flushing = flushing.then(work, work).then(() => sending);
    return flushing;
  };
  return {
    totals,
    admits: () => {
      if (closed) {
        totals.droppedClosed += 1;
        return false;
      }
      if (totals.queued >= maxQueueSize) {
        totals.droppedFull += 1;
        outages.dropped(1);
        return false;
      }
      totals.queued += 1;
      return true;
    },
    exporter: {
      export: (items, done) => {
        totals.queued -= items.length;
        totals.processed += items.length;
        totals.inFlight += items.length;
        sending = sending.then(() => send(items)).then(() => done({ code: ExportResultCode.SUCCESS }));
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
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

export interface DeliveryMetricsOptions {
  readonly item: "span" | "log";
  readonly totals: Readonly<DeliveryTotals>;
  /** `otel.component.type` of the exporter. */
  readonly exporterType: string;
  readonly capacity: number;
}

/**
 * The SDK's own count a batch as exported as soon as it is accepted, and miss what comes after shutdown.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export function observeDelivery(meterProvider: MeterProvider, options: DeliveryMetricsOptions): void {
  const { item, totals } = options;
  const unit = item === "span" ? "{span}" : "{log_record}";
  const processor = componentAttributes(`batching_${item}_processor`);
  const exporter = componentAttributes(options.exporterType);
  const meter = meterProvider.getMeter(`${SCOPE}/sdk`);
  const upDown = (name: string, description: string, read: () => number, attributes: Record<string, string>): void => {
    meter
      .createObservableUpDownCounter(name, { unit, description })
      .addCallback((result) => result.observe(read(), attributes));
  };
  const inQueue = `otel.sdk.processor.${item}.queue`;
  upDown(`${inQueue}.size`, "Items that wait to be exported.", () => totals.queued, processor);
  upDown(`${inQueue}.capacity`, "The most items that can wait.", () => options.capacity, processor);
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

/** How many of one component there are. One for the process, because the names must be unique in it. */
const instances = new Map<string, number>();

function componentAttributes(type: string): Record<string, string> {
  const index = instances.get(type) ?? 0;
  instances.set(type, index + 1);
  return { "otel.component.type": type, "otel.component.name": `${type}/${index}` };
}
