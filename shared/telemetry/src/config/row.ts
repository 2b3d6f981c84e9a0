/** One row of the table of variables: what the code validates with and what `docs/configuration.md` is made of. */
import type { Kind } from "./kinds.ts";

export interface Row<T> {
  readonly kind: Kind<T>;
  /** Used when the variable is unset, empty or bad. */
  readonly fallback: T;
  /** The default in words, where the value itself does not say it. */
  readonly fallbackText?: string;
  /** What it does, for the documentation. */
  readonly does: string;
}

export function row<T>(kind: Kind<T>, fallback: T, does: string, fallbackText?: string): Row<T> {
  return fallbackText === undefined ? { kind, fallback, does } : { kind, fallback, does, fallbackText };
}
