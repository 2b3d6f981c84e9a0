/** One player at the table: one call for the whole game, one round for each message. */
import type { DiceClient } from "./dice-client.ts";
import { type Game, startGame } from "./game.ts";
import { ProblemError, problemBody } from "./problem.ts";
import { problemOf, unexpectedProblem } from "./problem-of.ts";
import { readThrowMessage } from "./throw-message.ts";

export interface TableSession {
  /** Plays a round and sends its answer, or a problem when the round failed. Never rejects. */
  play(message: unknown): Promise<void>;
  /** The player has left. Resolves when the call is over. */
  end(): Promise<void>;
}

export interface TableSessionOptions {
  readonly dice: DiceClient;
  readonly send: (message: object) => void;
  /** Called with each unexpected error. */
  readonly onUnexpected: (error: unknown) => void;
  /** Milliseconds that the player may send nothing. */
  readonly timeoutMs: number;
  /** Called when the player has sent nothing for that long: an open table holds a call to back. */
  readonly onSilent: () => void;
  /** The path that problems name. */
  readonly path: string;
}

/** More than a person can have open. A program that sends faster than back answers gets 429. */
const maxOpenRounds = 100;

/**
 * The call starts at once. When it fails, the player gets a problem, and the next message starts a new call. So a table
 * stays open when back is restarted.
 */
export function createTableSession(options: TableSessionOptions): TableSession {
  const { dice, send, onUnexpected, timeoutMs, onSilent, path } = options;
  let hasLeft = false;
  const sendProblem = (error: unknown) => {
    if (hasLeft) return;
    const problem = problemOf(error);
    if (problem === undefined) onUnexpected(error);
    send(problemBody(problem ?? unexpectedProblem, path));
  };
  const start = (): Game => {
    const started = startGame(dice, (error) => {
      if (game === started) game = undefined;
      // A player who waits for a round gets the problem as its answer.
      if (error !== undefined && started.openRounds === 0) sendProblem(error);
    });
    return started;
  };
  let game: Game | undefined = start();
  let idleTimer = setTimeout(onSilent, timeoutMs);

  return {
    async play(message) {
      clearTimeout(idleTimer);
      idleTimer = setTimeout(onSilent, timeoutMs);
      try {
        const request = readThrowMessage(message);
        game ??= start();
        if (game.openRounds >= maxOpenRounds) throw tooManyRounds;
        send(await game.play(request));
      } catch (error) {
        sendProblem(error);
      }
    },
    async end() {
      hasLeft = true;
      clearTimeout(idleTimer);
      await game?.end();
    },
  };
}

const tooManyRounds = new ProblemError({
  status: 429,
  detail: `At most ${maxOpenRounds} rounds can be open. Wait for an answer before you send more.`,
});
