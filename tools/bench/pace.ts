/** A pace that is exact to about a tenth of a millisecond. Timers of the event loop are exact to one. */
export interface Pace {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/**
 * Calls `onDue` at each step of the pace, with the time of the step in milliseconds of `performance.now()`.
 *
 * @returns Ends the pace.
 */
export function startPace(pace: Pace, onDue: (due: number) => void): () => void {
  const worker = new Worker(new URL("./pace-worker.ts", import.meta.url));
  worker.onmessage = ({ data }: MessageEvent<number>) => onDue(data - performance.timeOrigin);
  worker.postMessage(pace);
  return () => worker.terminate();
}
