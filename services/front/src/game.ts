/** One bidirectional call in which each request is answered by the next response. */
import type { DiceClient, Round, Throw } from "./dice-client.ts";

export interface Game {
  /** Rejects with the error that ended the call. */
  play(request: Throw): Promise<Round>;
  /** How many requests wait for their answer. */
  readonly openRounds: number;
  /** Ends the call: by closing the requests when no answer is missing, else by cancelling it. Resolves when it is over. */
  end(): Promise<void>;
}

/** @param onEnd Called once when the call is over, before open rounds are rejected; with the error, if there was one. */
export function startGame(dice: DiceClient, onEnd: (error?: unknown) => void): Game {
  const left = new AbortController();
  const waiting: PromiseWithResolvers<Round>[] = [];
  let requests: ReadableStreamDefaultController<Throw> | undefined;
  const stream = new ReadableStream<Throw>({
    start: (controller) => {
      requests = controller;
    },
  });

  const converse = async () => {
    for await (const round of dice.playRounds(stream, { signal: left.signal })) waiting.shift()?.resolve(round);
  };
  const over = (error?: unknown) => {
    requests = undefined;
    onEnd(error);
    for (const round of waiting.splice(0)) round.reject(error ?? new Error("the call ended before the round"));
  };
  const ended = converse().then(() => over(), over);

  return {
    play(request) {
      const round = Promise.withResolvers<Round>();
      waiting.push(round);
      requests?.enqueue(request);
      return round.promise;
    },
    get openRounds() {
      return waiting.length;
    },
    end() {
      if (waiting.length > 0) left.abort();
      else requests?.close();
      requests = undefined;
      return ended;
    },
  };
}
