/** The RPC methods: they convert messages to the types of the domain and back, and its errors to gRPC statuses. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DiceServiceImplementation, TallyRollsResponse } from "@baton/proto/baton/dice/v1";
import { ServerError, Status } from "nice-grpc-common";
import { type Dice, PlayerNotAllowedError, type Throw } from "./dice.ts";
import { readInterval, readThrow } from "./throw-request.ts";

/** Each throw is a span. Without a limit one call could fill the export queue, and spans of other calls would be lost. */
const maxThrowsInTally = 1000;

export function createDiceService(dice: Dice): DiceServiceImplementation {
  const roll = (request: Throw, signal: AbortSignal) => rollOrRefuse(dice, readThrow(request), signal);
  return {
    async roll(request, { signal }) {
      return { values: await roll(request, signal) };
    },

    async *streamRolls(request, { signal }) {
      const { rolls, ...die } = readThrow(request);
      const intervalMs = readInterval(request.intervalMs);
      for (let number = 1; number <= rolls; number++) {
        if (number > 1 && intervalMs > 0) await sleep(intervalMs, undefined, { signal });
        const values = await roll({ ...die, rolls: 1 }, signal);
        yield { roll: number, value: sum(values) };
      }
    },

    async tallyRolls(requests, { signal }) {
      const tally = createTally();
      for await (const request of limitThrows(requests)) tally.add(request.player, sum(await roll(request, signal)));
      return tally.result();
    },

    async *playRounds(requests, { signal }) {
      let round = 0;
      let total = 0;
      for await (const request of requests) {
        const values = await roll(request, signal);
        round += 1;
        total += sum(values);
        yield { round, values, total };
      }
    },
  };
}

async function rollOrRefuse(dice: Dice, request: Throw, signal: AbortSignal): Promise<number[]> {
  try {
    return [...(await dice.roll(request, signal))];
  } catch (error) {
    if (error instanceof PlayerNotAllowedError) throw new ServerError(Status.PERMISSION_DENIED, error.message);
    throw error;
  }
}

async function* limitThrows(requests: AsyncIterable<Throw>): AsyncGenerator<Throw, void, undefined> {
  let throws = 0;
  for await (const request of requests) {
    throws += 1;
    if (throws > maxThrowsInTally) {
      throw new ServerError(Status.RESOURCE_EXHAUSTED, `a tally has at most ${maxThrowsInTally} throws`);
    }
    yield request;
  }
}

function createTally() {
  const players = new Map<string, { throws: number; total: number }>();
  return {
    add(player: string, total: number): void {
      const soFar = players.get(player);
      players.set(player, { throws: (soFar?.throws ?? 0) + 1, total: (soFar?.total ?? 0) + total });
    },
    result(): TallyRollsResponse {
      const perPlayer = [...players].map(([player, tally]) => ({ player, ...tally }));
      return {
        throws: sum(perPlayer.map((player) => player.throws)),
        total: sum(perPlayer.map((player) => player.total)),
        players: perPlayer,
      };
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
