/** Running totals of a queue, read by the metrics about the SDK itself. */
export interface QueueTotals {
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

export function createQueueTotals(): QueueTotals {
  return { queued: 0, inFlight: 0, processed: 0, droppedFull: 0, droppedClosed: 0, exported: 0, failed: new Map() };
}
