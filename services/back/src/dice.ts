/** The domain and its manual span: throws dice, and fails for three players. It does not depend on gRPC. */
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
   * One value for each die, from 1 to `sides`.
   * @throws PlayerNotAllowedError for a player who may not play.
   * @throws AbortError as soon as the signal is aborted, because the result is not needed any more.
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

/** Three player names that fail on purpose, so that everybody can see what an error looks like in a trace. */
async function makeTrouble(player: string, signal: AbortSignal): Promise<void> {
  if (player === "mallory") throw new PlayerNotAllowedError("mallory is not allowed to play");
  if (player === "clumsy") throw new Error("the dice fell off the table");
  if (player === "sleepy") await sleep(thinkingTimeMs, undefined, { signal });
}
