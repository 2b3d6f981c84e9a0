/** Positions on the time axis of a trace, in percent of its width. */

export interface Stretch {
  /** Microseconds, since 1970 or any other origin that the others share. */
  readonly start: number;
  /** Microseconds. */
  readonly duration: number;
}

export interface Bar {
  readonly left: number;
  readonly width: number;
  /** Where the duration is written so that it stays inside the axis. */
  readonly label: "after" | "before" | "inside";
}

/** The time from the first start to the last end, also when clocks differ and a child lies outside of its parent. */
export function timeWindow(spans: Iterable<Stretch>): Stretch {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, duration } of spans) {
    first = Math.min(first, start);
    last = Math.max(last, start + duration);
  }
  return first === Number.POSITIVE_INFINITY ? { start: 0, duration: 0 } : { start: first, duration: last - first };
}

/** The position of a time in the window. In a window without length everything is at its start. */
export function placeAt(moment: number, window: Stretch): number {
  if (window.duration <= 0) return 0;
  return clamp(((moment - window.start) / window.duration) * 100);
}

/** A span's bar. */
export function placeBar(span: Stretch, window: Stretch): Bar {
  const left = placeAt(span.start, window);
  const width = placeAt(span.start + Math.max(span.duration, 0), window) - left;
  return { left, width, label: width > 55 ? "inside" : left + width < 75 ? "after" : left > 25 ? "before" : "inside" };
}

const STEPS = [1, 2, 5, 10] as const;

/** Round times for the axis, from 0, at most `most` of them. Each step is 1, 2 or 5 times a power of ten. */
export function axisTicks(duration: number, most: number): readonly number[] {
  if (!(duration > 0)) return [0];
  const rough = duration / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((factor) => factor * power >= rough) ?? 10);
  // Multiplied, not added up, so that no error of rounding grows along the axis.
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step);
}

function clamp(percent: number): number {
  return Math.min(Math.max(percent, 0), 100);
}
