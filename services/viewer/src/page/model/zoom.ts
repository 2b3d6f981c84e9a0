/** Parts of the time axis: nearer, further, and between two moments. */
import { placeAt, type Stretch } from "./layout.ts";

const STEP = 2;
/** Microseconds; what is shorter cannot be told apart. */
const SHORTEST = 1;

/** Half as long, or twice, around a moment; never outside of the whole. */
export function zoom(window: Stretch, whole: Stretch, direction: "in" | "out", around?: number): Stretch {
  const duration = direction === "in" ? window.duration / STEP : window.duration * STEP;
  const middle = around ?? window.start + window.duration / 2;
  // The moment keeps its place in the window, as far as the ends of the trace allow.
  const isSeen = middle >= window.start && middle <= window.start + window.duration;
  const share = isSeen ? placeAt(middle, window) / 100 : 0.5;
  return within({ start: middle - duration * share, duration }, whole);
}

/** From one moment to the other, in any order. */
export function between(a: number, b: number, whole: Stretch): Stretch {
  return within({ start: Math.min(a, b), duration: Math.abs(b - a) }, whole);
}

export function isWhole(window: Stretch, whole: Stretch): boolean {
  return window.duration >= whole.duration;
}

/** Whether a span can be seen in a window. */
export function isIn({ start, duration }: Stretch, window: Stretch): boolean {
  return start <= window.start + window.duration && start + duration >= window.start;
}

function within({ start, duration }: Stretch, whole: Stretch): Stretch {
  const length = Math.min(Math.max(duration, SHORTEST), whole.duration);
  const last = whole.start + whole.duration - length;
  return { start: Math.min(Math.max(start, whole.start), last), duration: length };
}
