import { describe, expect, test } from "bun:test";
import { createClient } from "nice-grpc";
import { Status } from "nice-grpc-common";
import { HealthDefinition } from "nice-grpc-server-health";
import { startBack } from "./testing/start-back.ts";
import { statusOf } from "./testing/status-of.ts";
import { createWatchedDice } from "./testing/watched-dice.ts";

const die = { player: "ann", rolls: 1, sides: 6 };
const shuttingDown = { code: Status.UNAVAILABLE, details: "server shutting down" };
/** Much longer than a test may take: a test that waits for it fails. */
const longMs = 60_000;

describe("shutdown", () => {
  test("finishes a call that is running", async () => {
    const dice = createWatchedDice();
    await using back = await startBack({ dice });
    const call = back.client.roll(die);
    await dice.started;
    const stopped = back.server.shutdown(longMs);
    dice.land();
    expect(await call).toEqual({ values: [6] });
    await stopped;
    expect(back.logged).toEqual([]);
  });

  test("takes no new calls", async () => {
    await using back = await startBack();
    await back.client.roll(die);
    await back.server.shutdown(longMs);
    expect(await statusOf(back.client.roll(die))).toMatchObject({ code: Status.UNAVAILABLE });
  });

  test("ends a bidirectional call at once, while it waits for the caller", async () => {
    await using back = await startBack();
    const silent = Promise.withResolvers<void>();
    async function* rounds() {
      yield die;
      await silent.promise;
    }
    const answers = back.client.playRounds(rounds())[Symbol.asyncIterator]();
    expect((await answers.next()).value).toMatchObject({ round: 1 });
    const stopped = back.server.shutdown(longMs);
    expect(await statusOf(answers.next())).toEqual(shuttingDown);
    await stopped;
    silent.resolve();
  });

  test("ends a server-streaming call that goes on", async () => {
    const dice = createWatchedDice();
    await using back = await startBack({ dice });
    const rolls = back.client.streamRolls({ ...die, intervalMs: 0 })[Symbol.asyncIterator]();
    const roll = rolls.next();
    await dice.started;
    const stopped = back.server.shutdown(longMs);
    expect(await statusOf(roll)).toEqual(shuttingDown);
    await stopped;
    expect(back.logged).toEqual([]);
  });

  test("ends calls that still run after the timeout, and logs it", async () => {
    const dice = createWatchedDice();
    await using back = await startBack({ dice });
    const call = statusOf(back.client.roll(die));
    await dice.started;
    await back.server.shutdown(20);
    expect(await call).toEqual(shuttingDown);
    await dice.stopped;
    expect(back.logged).toEqual(["shutdown timed out: ending the calls that still run"]);
  });

  test("ends a call that ignores its signal", async () => {
    const started = Promise.withResolvers<void>();
    const roll = () => {
      started.resolve();
      return new Promise<never>(() => {});
    };
    await using back = await startBack({ dice: { roll } });
    const call = statusOf(back.client.roll(die));
    await started.promise;
    await back.server.shutdown(20);
    expect(await call).toMatchObject({ code: Status.UNAVAILABLE });
  });
});

describe("health", () => {
  test.each(["", "baton.dice.v1.DiceService"])(
    "of service %p is SERVING, then NOT_SERVING, then the end",
    async (service) => {
      await using back = await startBack();
      const watch = createClient(HealthDefinition, back.channel).watch({ service })[Symbol.asyncIterator]();
      expect((await watch.next()).value).toEqual({ status: 1 });
      const stopped = back.server.shutdown(longMs);
      expect((await watch.next()).value).toEqual({ status: 2 });
      expect(await statusOf(watch.next())).toEqual(shuttingDown);
      await stopped;
    },
  );

  test("of an unknown service is NOT_FOUND", async () => {
    await using back = await startBack();
    const check = createClient(HealthDefinition, back.channel).check({ service: "nobody" });
    expect(await statusOf(check)).toMatchObject({ code: Status.NOT_FOUND });
  });
});

test("a taken port is an error", async () => {
  await using back = await startBack();
  await expect(startBack({ port: back.port })).rejects.toThrow("EADDRINUSE");
});
