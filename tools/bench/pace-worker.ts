/** Waits for each step of a pace in a thread of its own, because the wait blocks. Sends the time of each in Unix milliseconds. */
import type { Pace } from "./pace.ts";

declare const self: Worker;

const now = (): number => performance.timeOrigin + performance.now();
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

self.onmessage = ({ data: { requests, requestsPerSecond } }: MessageEvent<Pace>) => {
  const start = now();
  for (let number = 0; number < requests; number++) {
    const due = start + (number / requestsPerSecond) * 1000;
    const left = due - now();
    if (left > 0) Atomics.wait(nobodyWakes, 0, 0, left);
    self.postMessage(due);
  }
};
