import { describe, expect, test } from "bun:test";
import { connectTable } from "./testing/connect-table.ts";
import { createHanging } from "./testing/hanging.ts";
import { startScriptedBack } from "./testing/scripted-back.ts";
import { startFront } from "./testing/start-front.ts";

/** Much longer than a test may take: a test that waits for it fails. */
const longMs = 60_000;

describe("shutdown", () => {
  test("finishes a request that is running, and takes no new ones", async () => {
    const called = Promise.withResolvers<void>();
    const landed = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async roll() {
        called.resolve();
        await landed.promise;
        return { values: [4] };
      },
    });
    await using front = startFront({ backPort: back.port });
    const url = new URL("/rolldice", front.server.listen("127.0.0.1", 0));
    const response = fetch(url);
    await called.promise;
    const stopped = front.server.shutdown(longMs);
    await expect(fetch(url, { keepalive: false })).rejects.toThrow();
    landed.resolve();
    expect(await (await response).text()).toBe("4");
    await stopped;
    expect(front.logged).toEqual([]);
  });

  test("finishes a stream that is running", async () => {
    const seen = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async *streamRolls() {
        yield { roll: 1, value: 4 };
        await seen.promise;
        yield { roll: 2, value: 2 };
      },
    });
    await using front = startFront({ backPort: back.port });
    const response = await fetch(new URL("/rolldice/stream", front.server.listen("127.0.0.1", 0)));
    const stopped = front.server.shutdown(longMs);
    seen.resolve();
    expect(await response.text()).toEndWith("event: end\ndata: {}\n\n");
    await stopped;
  });

  test("ends a stream that goes on, with a problem that says why", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield { roll: 1, value: 4 };
        await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: longMs });
    const response = await fetch(new URL("/rolldice/stream", front.server.listen("127.0.0.1", 0)));
    await hanging.called;
    const stopped = front.server.shutdown(longMs);
    expect(await response.text()).toMatch(/event: problem\ndata: .*"status":503,"detail":"The server is shutting down/);
    await hanging.stopped;
    await stopped;
    expect(front.logged).toEqual([]);
    const spans = await front.waitForSpans(2);
    expect(spans.map(({ name, status, attributes }) => [name, status, attributes["rpc.status_code"]])).toEqual([
      ["baton.dice.v1.DiceService/StreamRolls", "ERROR", "CANCELLED"],
      ["GET /rolldice/stream", "UNSET", undefined],
    ]);
  });

  test("answers 503 to a stream that has no event yet", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield* [];
        await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: longMs });
    const response = fetch(new URL("/rolldice/stream", front.server.listen("127.0.0.1", 0)));
    await hanging.called;
    const stopped = front.server.shutdown(longMs);
    expect((await response).status).toBe(503);
    await stopped;
  });

  test("closes a game at once, with 1001", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *playRounds(requests, context) {
        for await (const _request of requests) yield await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port });
    const table = await connectTable(front);
    table.send("{}");
    await hanging.called;
    const stopped = front.server.shutdown(longMs);
    expect(await table.closed).toBe(1001);
    await hanging.stopped;
    await stopped;
  });

  test("does not wait for a client that keeps its connection open", async () => {
    await using front = startFront();
    const url = new URL("/healthz", front.server.listen("127.0.0.1", 0));
    await (await fetch(url)).text();
    await front.server.shutdown(longMs);
  });

  test("aborts requests that still run after the timeout, and logs it", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({ roll: (_request, context) => hanging.hang(context) });
    await using front = startFront({ backPort: back.port, callTimeoutMs: longMs });
    const response = fetch(new URL("/rolldice", front.server.listen("127.0.0.1", 0)));
    const cutOff = response.then(
      () => "answered",
      () => "cut off",
    );
    await hanging.called;
    await front.server.shutdown(20);
    expect(await cutOff).toBe("cut off");
    await hanging.stopped;
    expect(front.logged).toEqual(["shutdown timed out: aborting the requests that still run"]);
  });
});

test("a taken port is an error; the port is not shared", async () => {
  await using first = startFront();
  await using second = startFront();
  const { port } = first.server.listen("127.0.0.1", 0);
  expect(() => second.server.listen("127.0.0.1", Number(port))).toThrow("in use");
});
