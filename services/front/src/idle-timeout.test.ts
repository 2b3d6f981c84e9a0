import { describe, expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientError, Status } from "nice-grpc-common";
import { createHanging } from "./testing/hanging.ts";
import { startScriptedBack } from "./testing/scripted-back.ts";
import { startFront } from "./testing/start-front.ts";

const die = { player: "ann", rolls: 1, sides: 6 };
/** Long enough for a call to arrive on a busy machine. */
const callTimeoutMs = 200;
/** Long enough for an answer on a busy machine. */
const patientTimeoutMs = 300;
const { signal } = new AbortController();

describe("a server that stays silent", () => {
  test("in a stream that it owes messages, runs out of time", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield { roll: 1, value: 1 };
        await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs });
    const rolls = Array.fromAsync(front.dice.streamRolls({ ...die, intervalMs: 0 }, { signal }));
    expect(await statusOf(rolls)).toBe(Status.DEADLINE_EXCEEDED);
    await hanging.stopped;
  });

  test("when all has been sent, runs out of time", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({ tallyRolls: (_requests, context) => hanging.hang(context) });
    await using front = startFront({ backPort: back.port, callTimeoutMs });
    expect(await statusOf(front.dice.tally(stream([die]), { signal }))).toBe(Status.DEADLINE_EXCEEDED);
    await hanging.stopped;
  });

  test("with a round that is not answered, runs out of time", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *playRounds(requests, context) {
        for await (const _request of requests) await hanging.hang(context);
        yield {};
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs });
    const rounds = Array.fromAsync(front.dice.playRounds(stream([die], new Promise(() => {})), { signal }));
    expect(await statusOf(rounds)).toBe(Status.DEADLINE_EXCEEDED);
    await hanging.stopped;
  });
});

describe("a caller that takes its time", () => {
  test("between two throws of a tally has it", async () => {
    await using back = await startScriptedBack({
      async tallyRolls(requests) {
        return { throws: (await Array.fromAsync(requests)).length };
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: patientTimeoutMs });
    expect(await front.dice.tally(slowly(die, die), { signal })).toMatchObject({ throws: 2 });
  });

  test("between reading two dice has it", async () => {
    const sent = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async *streamRolls() {
        yield { roll: 1 };
        await sent.promise;
        yield { roll: 2 };
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: patientTimeoutMs });
    const rolls: number[] = [];
    for await (const { roll } of front.dice.streamRolls({ ...die, intervalMs: 0 }, { signal })) {
      rolls.push(roll);
      if (roll === 1) await sleep(patientTimeoutMs * 1.3);
      sent.resolve();
    }
    expect(rolls).toEqual([1, 2]);
  });

  test("between two rounds has it", async () => {
    await using back = await startScriptedBack({
      async *playRounds(requests) {
        for await (const { rolls } of requests) yield { round: rolls };
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: patientTimeoutMs });
    const rounds = await Array.fromAsync(front.dice.playRounds(slowly(die, die), { signal }));
    expect(rounds).toHaveLength(2);
  });
});

async function statusOf(call: Promise<unknown>): Promise<Status> {
  try {
    await call;
    return Status.OK;
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
}

async function* stream<T>(items: readonly T[], end?: Promise<void>) {
  yield* items;
  await end;
}

/** Here the time that passes is what is tested. */
async function* slowly<T>(first: T, second: T) {
  yield first;
  await sleep(patientTimeoutMs * 1.3);
  yield second;
}
