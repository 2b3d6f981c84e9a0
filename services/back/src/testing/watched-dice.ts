/** Dice that wait until a test lets them land: a call that uses them runs until then, or until it is stopped. */
import type { Dice } from "../dice.ts";

export interface WatchedDice extends Dice {
  /** Resolves when a call waits for dice. */
  readonly started: Promise<void>;
  /** Resolves when the signal of that call is aborted. */
  readonly stopped: Promise<void>;
  /** Makes the dice land. */
  land(): void;
}

/** @param landAtOnce How many throws land before the first one that does not. */
export function createWatchedDice(landAtOnce = 0): WatchedDice {
  let throws = 0;
  const started = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const landed = Promise.withResolvers<readonly number[]>();
  return {
    started: started.promise,
    stopped: stopped.promise,
    land: () => landed.resolve([6]),
    async roll(_request, signal) {
      throws += 1;
      if (throws <= landAtOnce) return [6];
      signal.addEventListener("abort", () => {
        stopped.resolve();
        landed.reject(signal.reason);
      });
      started.resolve();
      return landed.promise;
    },
  };
}
