/**
 * Cases that fail at a boundary, with the reason. The list may only get shorter: a listed case that passes fails the
 * suite until it is removed.
 */
export interface KnownFailure {
  readonly boundary: string;
  readonly case: string;
  readonly because: string;
}

export const knownFailures: readonly KnownFailure[] = [];
