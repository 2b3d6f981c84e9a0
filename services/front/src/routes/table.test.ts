import { describe, expect, test } from "bun:test";
import { ServerError, Status } from "nice-grpc-common";
import { connectTable } from "../testing/connect-table.ts";
import { createHanging } from "../testing/hanging.ts";
import { startScriptedBack } from "../testing/scripted-back.ts";
import { startFront } from "../testing/start-front.ts";

/** Answers each request with how many there were, and refuses mallory. */
async function* playRounds(requests: AsyncIterable<{ player: string }>) {
  let round = 0;
  for await (const { player } of requests) {
    if (player === "mallory") throw new ServerError(Status.PERMISSION_DENIED, "not allowed");
    round += 1;
    yield { round, values: [1], total: round };
  }
}

interface SpanOfTest {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
}

const isHandshake = ({ name }: SpanOfTest) => name === "GET /rolldice/table";
const isMessage = ({ name }: SpanOfTest) => name === "websocket message";
const idsOf = (span: SpanOfTest | undefined) => ({ traceId: span?.traceId, spanId: span?.spanId });

describe("WS /rolldice/table", () => {
  test("plays a round for each message", async () => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    await using table = await connectTable(front);
    expect(await table.ask('{"player":"ann"}')).toEqual({ round: 1, values: [1], total: 1 });
    expect(await table.ask('{"player":"ann"}')).toEqual({ round: 2, values: [1], total: 2 });
    expect(await table.ask(Buffer.from("{}"))).toMatchObject({ round: 3 });
  });

  test("a player who says nothing is sent away, and the call to back ends", async () => {
    const ended = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async *playRounds(requests) {
        yield* playRounds(requests);
        ended.resolve();
      },
    });
    await using front = startFront({ backPort: back.port, tableTimeoutMs: 100 });
    const table = await connectTable(front);
    expect(await table.closed).toBe(1008);
    await ended.promise;
  });

  test("each message starts the time of silence again", async () => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port, tableTimeoutMs: 2000 });
    await using table = await connectTable(front);
    const start = performance.now();
    let rounds = 0;
    while (performance.now() - start < 2500) rounds = Number((await table.ask("{}")).round);
    expect(rounds).toBeGreaterThan(1);
  });

  test.each([
    ['{"rolls":0}', "rolls"],
    ['{"sides":"6"}', "sides"],
    ['{"dice":1}', "dice"],
    ["oops", "(all)"],
    ["{oops", "(all)"],
    ["7", "(all)"],
    ["[]", "(all)"],
    ["", "(all)"],
  ])("answers %j with a problem, and the game goes on", async (message, field) => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    await using table = await connectTable(front);
    expect(await table.ask(message)).toMatchObject({ status: 400, errors: [{ field }] });
    expect(await table.ask("{}")).toMatchObject({ round: 1 });
  });

  test("says what is wrong with a field that a throw does not have", async () => {
    await using front = startFront();
    await using table = await connectTable(front);
    await table.next();
    expect(await table.ask('{"dice":1}')).toMatchObject({
      detail: "dice must be left out: a throw has no such field.",
    });
  });

  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const spanId = "00f067aa0ba902b7";
  const carrier = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: "a=1", baggage: "dice.table=blue" };

  test.each([
    ["text", (message: object) => JSON.stringify(message)],
    ["bytes", (message: object) => Buffer.from(JSON.stringify(message))],
  ])("a message as %s that carries a context is a child of its sender's span", async (_, encode) => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    await using table = await connectTable(front);
    expect(await table.ask(encode({ player: "ann", ...carrier }))).toEqual({ round: 1, values: [1], total: 1 });
    // An error in the throw is an answer in the sender's trace.
    expect(await table.ask(encode({ rolls: 0, ...carrier }))).toMatchObject({ status: 400, trace_id: traceId });
    expect(await table.ask(encode({ player: "ann" }))).toMatchObject({ round: 2 });
    await table.leave();
    const messages = (await front.waitForSpans((all) => all.some(isHandshake))).filter(isMessage);
    const handshake = (await front.waitForSpans(1)).find(isHandshake);
    expect(messages).toMatchObject([
      { kind: "SERVER", traceId, parentSpanId: spanId, traceState: "a=1", links: [{ context: idsOf(handshake) }] },
      { kind: "SERVER", traceId, parentSpanId: spanId },
      { kind: "INTERNAL", traceId: handshake?.traceId, parentSpanId: handshake?.spanId, links: [] },
    ]);
  });

  test.each([
    { traceparent: "oops" },
    { traceparent: 7, tracestate: [], baggage: {} },
    { baggage: "dice.table=blue" },
    { tracestate: "a=1" },
  ])("a context that cannot be read, %j, neither breaks the round nor begins a trace", async (broken) => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    await using table = await connectTable(front);
    expect(await table.ask(JSON.stringify({ player: "ann", ...broken }))).toMatchObject({ round: 1 });
    await table.leave();
    const spans = await front.waitForSpans((all) => all.some(isHandshake));
    expect(spans.find(isMessage)).toMatchObject({ kind: "INTERNAL", parentSpanId: spans.find(isHandshake)?.spanId });
  });

  test("starts a new game after one that back has ended", async () => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    await using table = await connectTable(front);
    expect(await table.ask("{}")).toMatchObject({ round: 1 });
    expect(await table.ask('{"player":"mallory"}')).toMatchObject({ status: 403, grpc_status: "PERMISSION_DENIED" });
    expect(await table.ask("{}")).toMatchObject({ round: 1 });
  });

  test("sends a problem when back goes away between two rounds, and finds back again", async () => {
    const first = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: first.port });
    await using table = await connectTable(front);
    await table.ask("{}");
    const problem = table.next();
    await first.stop();
    expect(await problem).toMatchObject({ status: 503 });

    await using _second = await startScriptedBack({ playRounds }, first.port);
    let answer = await table.ask("{}");
    while ("status" in answer) answer = await table.ask("{}");
    expect(answer).toMatchObject({ round: 1 });
  });

  test("without a back is a problem for each message, not a closed socket", async () => {
    await using front = startFront();
    await using table = await connectTable(front);
    // The first problem is for the game that did not start, the second one for the message.
    expect(await table.next()).toMatchObject({ status: 503 });
    expect(await table.ask("{}")).toMatchObject({ status: 503 });
  });

  test("a program that does not wait for answers gets 429", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *playRounds(requests, context) {
        for await (const _request of requests) yield await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port });
    await using table = await connectTable(front);
    for (let sent = 0; sent < 100; sent++) table.send("{}");
    expect(await table.ask("{}")).toMatchObject({ status: 429 });
  });

  test("a message that is too long closes the socket with 1009", async () => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    const table = await connectTable(front);
    table.send(JSON.stringify({ player: "x".repeat(20_000) }));
    expect(await table.closed).toBe(1009);
  });

  test("ends the call when the player leaves", async () => {
    const ended = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async *playRounds(requests) {
        yield* playRounds(requests);
        ended.resolve();
      },
    });
    await using front = startFront({ backPort: back.port });
    const table = await connectTable(front);
    await table.ask("{}");
    await table.leave();
    await ended.promise;
    const spans = await front.waitForSpans((all) => all.some(({ kind }) => kind === "CLIENT"));
    expect(spans.find(({ kind }) => kind === "CLIENT")).toMatchObject({
      status: "UNSET",
      attributes: { "rpc.status_code": "OK" },
    });
  });

  test("cancels the call when the player leaves in the middle of a round", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *playRounds(requests, context) {
        for await (const _request of requests) yield await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: 60_000 });
    const table = await connectTable(front);
    table.send("{}");
    await hanging.called;
    await table.leave();
    await hanging.stopped;
  });

  test("is one trace: the handshake, the call and each message below it", async () => {
    await using back = await startScriptedBack({ playRounds });
    await using front = startFront({ backPort: back.port });
    const table = await connectTable(front);
    await table.ask("{}");
    await table.ask("{}");
    await table.leave();
    const spans = await front.waitForSpans(4);
    const handshake = spans.find(({ kind }) => kind === "SERVER");
    const below = spans.filter(({ parentSpanId }) => parentSpanId === handshake?.spanId);
    expect(handshake?.name).toBe("GET /rolldice/table");
    expect(below.map(({ name }) => name).sort()).toEqual([
      "baton.dice.v1.DiceService/PlayRounds",
      "websocket message",
      "websocket message",
    ]);
  });
});
