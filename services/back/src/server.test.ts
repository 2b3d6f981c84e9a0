import { describe, expect, test } from "bun:test";
import { Metadata, Status } from "nice-grpc-common";
import { startBack } from "./testing/start-back.ts";
import { statusOf } from "./testing/status-of.ts";
import { createWatchedDice } from "./testing/watched-dice.ts";

const die = { player: "ann", rolls: 1, sides: 6 };

describe("the four methods", () => {
  test("Roll answers one value for each die", async () => {
    await using back = await startBack();
    const { values } = await back.client.roll({ ...die, rolls: 1000, sides: 2 });
    expect(values).toHaveLength(1000);
    expect(new Set(values)).toEqual(new Set([1, 2]));
  });

  test("StreamRolls answers one message for each die, in order", async () => {
    await using back = await startBack({ throwDie: countingDie() });
    const rolls = await Array.fromAsync(back.client.streamRolls({ ...die, rolls: 3, intervalMs: 1 }));
    expect(rolls).toEqual([
      { roll: 1, value: 1 },
      { roll: 2, value: 2 },
      { roll: 3, value: 3 },
    ]);
  });

  test("TallyRolls adds up all throws and those of each player", async () => {
    await using back = await startBack({ throwDie: countingDie() });
    const requests = [{ ...die, rolls: 2 }, { ...die, player: "bob" }, die];
    expect(await back.client.tallyRolls(stream(requests))).toEqual({
      throws: 3,
      total: 1 + 2 + 3 + 4,
      players: [
        { player: "ann", throws: 2, total: 1 + 2 + 4 },
        { player: "bob", throws: 1, total: 3 },
      ],
    });
  });

  test("TallyRolls of nothing is zero", async () => {
    await using back = await startBack();
    expect(await back.client.tallyRolls(stream([]))).toEqual({ throws: 0, total: 0, players: [] });
  });

  test("PlayRounds answers each round before the next one is sent", async () => {
    await using back = await startBack({ throwDie: countingDie() });
    const answers: unknown[] = [];
    const asked = Promise.withResolvers<void>();
    async function* rounds() {
      yield { ...die, rolls: 2 };
      await asked.promise;
      yield die;
    }
    for await (const answer of back.client.playRounds(rounds())) {
      answers.push(answer);
      asked.resolve();
    }
    expect(answers).toEqual([
      { round: 1, values: [1, 2], total: 3 },
      { round: 2, values: [3], total: 6 },
    ]);
  });
});

describe("errors", () => {
  test.each([
    [{ ...die, rolls: 0 }, "rolls must be from 1 to 1000, got 0"],
    [{ ...die, rolls: 1001 }, "rolls must be from 1 to 1000, got 1001"],
    [{ ...die, sides: 1 }, "sides must be from 2 to 1000, got 1"],
    [{ ...die, sides: 1001 }, "sides must be from 2 to 1000, got 1001"],
    [{ ...die, player: "x".repeat(65) }, "player must be at most 64 characters, got 65"],
    [{ ...die, intervalMs: 1001 }, "interval_ms must be from 0 to 1000, got 1001"],
  ])("%j is INVALID_ARGUMENT and names the field and its range", async (request, details) => {
    await using back = await startBack();
    const calls: Promise<unknown>[] = [Array.fromAsync(back.client.streamRolls(request))];
    if (!("intervalMs" in request)) {
      calls.push(
        Array.fromAsync([back.client.roll(request)]),
        Array.fromAsync([back.client.tallyRolls(stream([request]))]),
        Array.fromAsync(back.client.playRounds(stream([request]))),
      );
    }
    for (const outcome of await Promise.all(calls.map(statusOf))) {
      expect(outcome).toEqual({ code: Status.INVALID_ARGUMENT, details });
    }
  });

  test.each([
    { ...die, rolls: 1 },
    { ...die, rolls: 1000 },
    { ...die, sides: 2 },
    { ...die, sides: 1000 },
    { ...die, player: "" },
    { ...die, player: "x".repeat(64) },
  ])("%j is at the end of a range and accepted", async (request) => {
    await using back = await startBack();
    expect((await back.client.roll(request)).values).toHaveLength(request.rolls);
  });

  test("mallory may not play", async () => {
    await using back = await startBack();
    expect(await statusOf(back.client.roll({ ...die, player: "mallory" }))).toEqual({
      code: Status.PERMISSION_DENIED,
      details: "mallory is not allowed to play",
    });
  });

  test("an unexpected error is logged and hidden", async () => {
    await using back = await startBack();
    expect(await statusOf(back.client.roll({ ...die, player: "clumsy" }))).toEqual({
      code: Status.UNKNOWN,
      details: "unexpected error",
    });
    expect(back.logged).toEqual(["unexpected error"]);
  });

  test("a tally has at most 1000 throws, and the next one is not made", async () => {
    let thrown = 0;
    await using back = await startBack({ throwDie: () => ++thrown });
    const throws = (count: number) => Array.from({ length: count }, (_, index) => ({ ...die, player: `p${index}` }));
    expect(await back.client.tallyRolls(stream(throws(1000)))).toMatchObject({ throws: 1000 });
    thrown = 0;
    expect(await statusOf(back.client.tallyRolls(stream(throws(1200))))).toEqual({
      code: Status.RESOURCE_EXHAUSTED,
      details: "a tally has at most 1000 throws",
    });
    expect(thrown).toBe(1000);
  });
});

describe("work stops", () => {
  test("when the caller cancels", async () => {
    const dice = createWatchedDice();
    await using back = await startBack({ dice });
    const caller = new AbortController();
    const call = back.client.roll(die, { signal: caller.signal }).catch((error) => error.name);
    await dice.started;
    caller.abort();
    expect(await call).toBe("AbortError");
    await dice.stopped;
  });

  test("when the caller cancels while the player sleepy waits", async () => {
    await using back = await startBack();
    const caller = new AbortController();
    const call = back.client.playRounds(stream([die, { ...die, player: "sleepy" }]), { signal: caller.signal });
    for await (const { round } of call) {
      if (round === 1) break;
    }
    caller.abort();
    await back.waitForSpans((spans) => spans.filter(({ name }) => name === "roll dice").length === 2);
  });

  test("when the caller stops reading a stream", async () => {
    const dice = createWatchedDice(2);
    await using back = await startBack({ dice });
    for await (const { roll } of back.client.streamRolls({ ...die, rolls: 1000 })) {
      if (roll === 2) break;
    }
    await dice.started;
    await dice.stopped;
  });

  test("when the caller's deadline has passed, which the server knows from grpc-timeout", async () => {
    const dice = createWatchedDice();
    await using back = await startBack({ dice });
    const call = statusOf(back.client.roll(die, { metadata: Metadata({ "grpc-timeout": "50m" }) }));
    expect(await call).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
    await dice.stopped;
  });
});

describe("telemetry", () => {
  test("a roll is a child span of the call", async () => {
    await using back = await startBack({ throwDie: () => 3 });
    await back.client.roll({ ...die, rolls: 2 });
    const [dice, call] = await back.waitForSpans(2);
    expect([call?.kind, call?.name, dice?.parentSpanId]).toEqual([
      "SERVER",
      "baton.dice.v1.DiceService/Roll",
      call?.spanId,
    ]);
    expect(dice).toMatchObject({
      kind: "INTERNAL",
      name: "roll dice",
      attributes: { "dice.player": "ann", "dice.rolls": 2, "dice.sides": 6 },
      events: [{ name: "dice landed", attributes: { "dice.total": 6 } }],
      status: "UNSET",
    });
  });

  test("each throw of a stream has its span", async () => {
    await using back = await startBack();
    await Array.fromAsync(back.client.playRounds(stream([die, die])));
    const spans = await back.waitForSpans(3);
    const call = spans.find(({ kind }) => kind === "SERVER");
    const parents = spans.filter(({ name }) => name === "roll dice").map(({ parentSpanId }) => parentSpanId);
    expect(parents).toEqual([call?.spanId, call?.spanId]);
  });

  test("an unexpected error is on the span that threw it, and the call is an error too", async () => {
    await using back = await startBack();
    await statusOf(back.client.roll({ ...die, player: "clumsy" }));
    const [dice, call] = await back.waitForSpans(2);
    expect(dice).toMatchObject({ status: "ERROR", statusMessage: "the dice fell off the table" });
    expect(dice?.events.map(({ name }) => name)).toEqual(["exception"]);
    expect(call).toMatchObject({ status: "ERROR", attributes: { "rpc.status_code": "UNKNOWN" } });
  });

  test("the span of a call that a shutdown ended has the status that its caller got", async () => {
    const dice = createWatchedDice();
    await using back = await startBack({ dice });
    const call = statusOf(back.client.roll(die));
    await dice.started;
    await back.server.shutdown(0);
    await call;
    const [span] = await back.waitForSpans(1);
    expect(span).toMatchObject({ status: "ERROR", attributes: { "rpc.status_code": "UNAVAILABLE" } });
  });
});

function countingDie() {
  let value = 0;
  return () => ++value;
}

async function* stream<T>(items: readonly T[]) {
  yield* items;
}
