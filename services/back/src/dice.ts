/** The domain, with its manual span: dice are thrown, unless a player makes trouble. It knows nothing of gRPC. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Telemetry, withSpan } from "@baton/telemetry";

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
  readonly telemetry: Telemetry;
  /** Throws one die. @default A cryptographic random number. */
  readonly throwDie?: (sides: number) => number;
}

export class PlayerNotAllowedError extends Error {
  override readonly name = "PlayerNotAllowedError";
}

const thinkingTimeMs = 10_000;

export function createDice({ telemetry, throwDie = (sides) => randomInt(1, sides + 1) }: DiceOptions): Dice {
  return {
    async roll({ player, rolls, sides }, signal) {
      signal.throwIfAborted();
      const attributes = { "dice.player": player, "dice.rolls": rolls, "dice.sides": sides };
      return withSpan(telemetry, "roll dice", { attributes }, async (span) => {
        await makeTrouble(player, signal);
        const values = Array.from({ length: rolls }, () => throwDie(sides));
        span.addEvent("dice landed", { "dice.total": values.reduce((total, value) => total + value, 0) });
        return values;
      });
    },
  };
}

/** The three players of the contract who let anybody see an error travel, at any time. */
async function makeTrouble(player: string, signal: AbortSignal): Promise<void> {
  if (player === "mallory") throw new PlayerNotAllowedError("mallory is not allowed to play");
  if (player === "clumsy") throw new Error("the dice fell off the table");
  if (player === "sleepy") await sleep(thinkingTimeMs, undefined, { signal });
}
