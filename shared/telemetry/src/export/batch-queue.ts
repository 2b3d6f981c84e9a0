/** A bounded queue whose items leave in batches, one export at a time. Spans and log records both wait in one. */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { BatchConfig } from "../config/types.ts";
import { settlesWithin } from "../timing.ts";
import { sendWithin } from "./bounded-send.ts";
import type { OutageLog } from "./outage-log.ts";
import { createQueueTotals, type QueueTotals } from "./queue-totals.ts";
import type { Sender, SendOutcome } from "./sender.ts";

export interface BatchQueue<T> {
  readonly totals: Readonly<QueueTotals>;
  /** Is there room for one more? Where there is none, one more counts as dropped. */
  admits(): boolean;
  /** Never throws and never waits. */
  push(item: T): void;
  /** Resolves when all that was pushed so far was sent or given up. Never rejects; as long as the exports take. */
  flush(): Promise<void>;
  /** Flushes within the time given, then drops and counts what is left. Never rejects. */
  shutdown(timeoutMs: number): Promise<void>;
}

/**
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
 */
export function createBatchQueue<T>(sender: Sender<T[]>, limits: BatchConfig, outages: OutageLog): BatchQueue<T> {
  return new Queue(sender, limits, outages);
}

// A context of its own: a timer or socket opened while some request ends would otherwise hold on to that request.
const exportContext = suppressTracing(ROOT_CONTEXT);

class Queue<T> implements BatchQueue<T> {
  readonly totals: QueueTotals = createQueueTotals();
  readonly #sender: Sender<T[]>;
  readonly #limits: BatchConfig;
  readonly #outages: OutageLog;
  #waiting: T[] = [];
  #accepted = 0;
  #flushTo = 0;
  #timer: Timer | undefined;
  #wakeUp: NodeJS.Immediate | undefined;
  #running: Promise<void> | undefined;
  #current: AbortController | undefined;
  #closed = false;
  #ending: Promise<void> | undefined;

  constructor(sender: Sender<T[]>, limits: BatchConfig, outages: OutageLog) {
    this.#sender = sender;
    this.#limits = limits;
    this.#outages = outages;
  }

  admits(): boolean {
    if (this.#closed) {
      this.totals.droppedClosed += 1;
      return false;
    }
    if (this.#waiting.length >= this.#limits.maxQueueSize) {
      this.totals.droppedFull += 1;
      this.#outages.dropped(1);
      return false;
    }
    return true;
  }

  push(item: T): void {
    if (!this.admits()) return;
    this.#waiting.push(item);
    this.#accepted += 1;
    this.totals.queued += 1;
    if (this.#running === undefined) this.#schedule();
  }

  flush(): Promise<void> {
    this.#flushTo = this.#accepted;
    return this.#run();
  }

  shutdown(timeoutMs: number): Promise<void> {
    this.#ending ??= this.#end(timeoutMs);
    return this.#ending;
  }

  async #end(timeoutMs: number): Promise<void> {
    this.#closed = true;
    this.#sender.hurry();
    const flushed = this.flush();
    if (!(await settlesWithin(flushed, timeoutMs))) {
      this.#abandon();
      await flushed;
    }
    this.#stopTimers();
    this.#outages.closed();
    this.#sender.close();
  }

  /** Counts what waits as lost, and ends the export that is under way. */
  #abandon(): void {
    const left = this.#waiting.length;
    this.#waiting = [];
    this.totals.queued = 0;
    this.#flushTo = 0;
    if (left > 0) this.#failed(left, "shutdown", "shut down before it could be sent");
    this.#current?.abort(new Error("shut down"));
  }

  #schedule(): void {
    if (this.#waiting.length === 0 || this.#wakeUp !== undefined) return;
    if (this.#waiting.length >= this.#limits.maxBatchSize) {
      // Not in this tick: whoever ends the span should not pay for the encoding of the batch.
      this.#wakeUp = context.with(exportContext, () => setImmediate(() => void this.#run()));
    } else {
      this.#timer ??= context.with(exportContext, () =>
        setTimeout(() => void this.flush(), this.#limits.scheduleDelayMs).unref(),
      );
    }
  }

  #stopTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#wakeUp);
    this.#timer = undefined;
    this.#wakeUp = undefined;
  }

  #run(): Promise<void> {
    if (this.#running !== undefined) return this.#running;
    this.#stopTimers();
    if (!this.#hasWork()) {
      this.#schedule();
      return Promise.resolve();
    }
    this.#running = context.with(exportContext, () => this.#drain());
    return this.#running;
  }

  #hasWork(): boolean {
    return this.#waiting.length >= this.#limits.maxBatchSize || this.#accepted - this.#waiting.length < this.#flushTo;
  }

  /** Sends whole batches, and smaller ones while a flush asks for them. */
  async #drain(): Promise<void> {
    while (this.#hasWork()) await this.#sendBatch();
    this.#running = undefined;
    this.#schedule();
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#limits.maxBatchSize);
    this.totals.queued = this.#waiting.length;
    this.totals.processed += batch.length;
    this.totals.inFlight = batch.length;
    this.#current = new AbortController();
    const outcome = await sendWithin(this.#sender, batch, this.#limits.exportTimeoutMs, this.#current);
    this.totals.inFlight = 0;
    this.#settle(batch.length, outcome);
    // What this batch was refused after its retries, the next ones would be too: ending soon matters more now.
    if (this.#closed && !outcome.ok) this.#abandon();
  }

  #settle(count: number, outcome: SendOutcome): void {
    if (!outcome.ok) {
      this.#failed(count, outcome.errorType, outcome.reason);
      return;
    }
    this.totals.exported += count - outcome.rejected;
    if (outcome.rejected > 0) this.#failed(outcome.rejected, "rejected", `refused: ${outcome.reason ?? "no reason"}`);
    else this.#outages.succeeded();
  }

  #failed(count: number, errorType: string, reason: string): void {
    this.totals.failed.set(errorType, (this.totals.failed.get(errorType) ?? 0) + count);
    this.#outages.failed(count, reason);
  }
}
