/** The promises, and their limits. docs/reliability.md says what each one is. */

export type PromiseId = 1 | 2 | 3 | 4 | 5 | 6;

export interface Promised {
  readonly id: PromiseId;
  readonly title: string;
}

/** Milliseconds at the 99th percentile. */
export const LATER_LIMIT_MS = 5;
export const END_LIMIT_MS = 3000;
export const RECOVERY_LIMIT_MS = 5000;
/** More resident memory of front and back together than the pair whose backend works. */
export const MEMORY_LIMIT_BYTES = 128 * 1024 * 1024;

export const PROMISES: readonly Promised[] = [
  { id: 1, title: "requests" },
  { id: 2, title: "spans" },
  { id: 3, title: "last spans" },
  { id: 4, title: "end" },
  { id: 5, title: "memory" },
  { id: 6, title: "recovery" },
];
