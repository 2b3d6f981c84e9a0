/**
 * Between a batch processor of the SDK and a sender: keeps what the processor hands over, sends one batch at a time, and counts
 * every item.
 */
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { BatchConfig } from "../config.ts";
import { type Failure, TOO_LATE } from "./failure.ts";
import type { LastAnswer, LastPost } from "./last-posts.ts";
import type { OutageLog } from "./outage-log.ts";
import type { Outcome, Sender } from "./sender.ts";

/** Counts of items. The sum of queued, in flight, exported, failed and dropped is the number of items that ended. */
export interface DeliveryTotals {
  /** In the processor, or behind the batch that is under way. */
  queued: number;
  inFlight: number;
  /** Were or are under way. */
  processed: number;
  /** Dropped because the queue was full. */
  droppedFull: number;
  /** Dropped because they came after shutdown. */
  droppedClosed: number;
  exported: number;
  /** Not exported, by `error.type`. */
  readonly failed: Map<string, number>;
}

/**
 * An exporter as the SDK's batch processors take it. For them every export succeeds: failures are logged and counted here.
 * It does so at once, because until then they run a timer that keeps the process alive.
 */
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
  /** For the end of the process: what waits, and what is under way, which may arrive twice. Nothing is admitted afterwards. */
  leftovers(processor: Flushable): Leftovers;
}

/** What a process has not sent when it ends. */
export interface Leftovers {
  readonly posts: readonly LastPost[];
  /** Counts and reports. @param answers Of the posts, in their order. */
  settle(answers: readonly (LastAnswer | undefined)[]): void;
}

/** A queue that is half full takes only items of traces that have less than this share of the queue. */
const SMALL_SHARE = 1 / 32;
/** A queue that holds less does not count the items of each trace: nothing is decided by the count then. */
const COUNTED_FROM = 1 / 4;

export interface DeliveryOptions<T> {
  /** The trace of an item, so that one trace with many spans leaves space for other traces. */
  readonly traceOf: (item: T) => string | undefined;
  /** Whether the processor's `forceFlush()` hands over its queue before it returns. If not, the queue is kept here too. */
  readonly flushesAtOnce: boolean;
  readonly batch: BatchConfig;
}

export function createDelivery<T>(
  sender: Sender<T[]>,
  { traceOf, flushesAtOnce, batch: { maxQueueSize, maxBatchSize } }: DeliveryOptions<T>,
  outages: OutageLog,
  timeIsUp: AbortSignal,
): Delivery<T> {
  const totals: DeliveryTotals = {
    ...{ queued: 0, inFlight: 0, processed: 0, droppedFull: 0, droppedClosed: 0, exported: 0 },
    failed: new Map(),
  };
  const inProcessor = flushesAtOnce ? undefined : new Set<T>();
  /** Given to the exporter, and not yet a part of a batch that is under way. */
  const waiting: T[] = [];
  /** The batch that is under way, or empty. Then nothing waits. */
  let current: T[] = [];
  /** Batches that were taken and are not settled. */
  const unsettled = new Set<readonly T[]>();
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
  const settle = (items: readonly T[], outcome: Outcome): void => {
    // At the end of the process a batch that was under way is settled without its answer.
    if (!unsettled.delete(items)) return;
    const count = items.length;
    totals.inFlight -= count;
    if (!outcome.ok) {
      giveUp(count, outcome);
      return;
    }
    // A receiver can say that it rejected more than it got.
    const rejected = Math.min(count, outcome.rejected);
    totals.exported += count - rejected;
    if (rejected > 0) {
      const reason = `the receiver rejected ${rejected} (${outcome.reason || "without a reason"})`;
      giveUp(rejected, { reason, advice: "", errorType: "rejected" });
    } else outages.succeeded();
  };
  const take = (items: readonly T[]): void => {
    if (queuedByTrace.size > 0) for (const item of items) addToTrace(item, -1);
    if (inProcessor !== undefined) for (const item of items) inProcessor.delete(item);
    totals.queued -= items.length;
    totals.processed += items.length;
    totals.inFlight += items.length;
    unsettled.add(items);
  };
  const takeNext = (): void => {
    current = waiting.splice(0, maxBatchSize);
    if (current.length > 0) take(current);
  };
  /** Runs once for each export. An earlier run may have sent its items together with others. */
  const sendCurrent = async (): Promise<void> => {
    if (current.length === 0) return;
    settle(current, timeIsUp.aborted ? TOO_LATE : await sender.send(current));
    takeNext();
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
        outages.late();
        return false;
      }
      if (totals.queued >= maxQueueSize || (totals.queued >= maxQueueSize / 2 && isLarge(item))) {
        totals.droppedFull += 1;
        outages.dropped(1);
        return false;
      }
      totals.queued += 1;
      inProcessor?.add(item);
      if (totals.queued > maxQueueSize * COUNTED_FROM) addToTrace(item, 1);
      return true;
    },
    exporter: {
      export: (items, done) => {
        for (const item of items) waiting.push(item);
        if (current.length === 0) takeNext();
        sending = sending.then(sendCurrent);
        done({ code: ExportResultCode.SUCCESS });
      },
      ...NOTHING_TO_FLUSH,
    },
    flush: (processor) => afterOthers(() => processor.forceFlush()),
    shutdown: async (processor) => {
      closed = true;
      await afterOthers(async () => {
        // First, because a processor that shuts down hands over its queue a moment later, when the process may be at its end.
        await processor.forceFlush();
        await processor.shutdown();
      });
      outages.closed();
      sender.close();
    },
    leftovers: (processor) => {
      closed = true;
      void processor.forceFlush();
      const queued = [...(inProcessor ?? waiting)];
      while (queued.length > 0) take(queued.splice(0, maxBatchSize));
      const batches = [...unsettled].flatMap((items) => {
        const post = sender.lastPost([...items]);
        if ("body" in post) return [{ items, post }];
        settle(items, post);
        return [];
      });
      return {
        posts: batches.map(({ post }) => post),
        settle: (answers) => {
          for (const [index, { items }] of batches.entries()) settle(items, sender.readLast(answers[index]));
          outages.closed();
        },
      };
    },
  };
}
