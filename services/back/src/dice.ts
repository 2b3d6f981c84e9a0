/** The domain: dice are thrown, unless a player makes trouble. It knows nothing of gRPC. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

export interface Throw {
  readonly player: string;
  readonly rolls: number;
  readonly sides: number;
}

export interface Dice {
  /**
   * One value a die, each from 1 to `sides`.
   * @throws PlayerNotAllowedError for a player who is not let in.
   * @throws AbortError as soon as the signal says that nobody waits for the result.
   */
  roll(request: Throw, signal: AbortSignal): Promise<readonly number[]>;
}

export interface DiceOptions {
  /** Throws one die. @default A cryptographic random number. */
  readonly throwDie?: (sides: number) => number;
}

export class PlayerNotAllowedError extends Error {
  override readonly name = "PlayerNotAllowedError";
}

const thinkingTimeMs = 10_000;

export function createDice({ throwDie = (sides) => randomInt(1, sides + 1) }: DiceOptions = {}): Dice {
  return {
    async roll({ player, rolls, sides }, signal) {
      signal.throwIfAborted();
      await makeTrouble(player, signal);
      return Array.from({ length: rolls }, () => throwDie(sides));
    },
  };
}

/** The three players of the contract who let anybody see an error travel, at any time. */
async function makeTrouble(player: string, signal: AbortSignal): Promise<void> {
  if (player === "mallory") throw new PlayerNotAllowedError("mallory is not allowed to play");
  if (player === "clumsy") throw new Error("the dice fell off the table");
  if (player === "sleepy") await sleep(thinkingTimeMs, undefined, { signal });
}
