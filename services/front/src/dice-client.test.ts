import { describe, expect, test } from "bun:test";
import { ServerError, Status } from "nice-grpc-common";
import { createHanging } from "./testing/hanging.ts";
import { startScriptedBack } from "./testing/scripted-back.ts";
import { startFront } from "./testing/start-front.ts";

/** A method that fails so many times with a status, and counts how often it was called. */
function failing(times: number, status: Status) {
  const calls = { count: 0 };
  const roll = async () => {
    calls.count += 1;
    if (calls.count <= times) throw new ServerError(status, "not now");
    return { values: [4] };
  };
  return { calls, roll };
}

describe("UNAVAILABLE", () => {
  test("is tried again twice, each attempt an event of the one CLIENT span", async () => {
    const { calls, roll } = failing(2, Status.UNAVAILABLE);
    await using back = await startScriptedBack({ roll });
    await using front = startFront({ backPort: back.port });
    expect((await front.get("/rolldice")).status).toBe(200);
    expect(calls.count).toBe(3);
    const [client, server] = await front.waitForSpans(2);
    expect([client?.kind, server?.kind, client?.parentSpanId]).toEqual(["CLIENT", "SERVER", server?.spanId]);
    const retry = (attempt: number) => ({
      name: "rpc.retry",
      attributes: {
        "rpc.retry.attempt": attempt,
        "rpc.retry.delay_ms": expect.any(Number),
        "rpc.status_code": "UNAVAILABLE",
      },
    });
    expect(client?.events).toEqual([retry(2), retry(3)]);
    expect(client?.status).toBe("UNSET");
  });

  test("is not tried a third time", async () => {
    const { calls, roll } = failing(3, Status.UNAVAILABLE);
    await using back = await startScriptedBack({ roll });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice");
    expect([response.status, response.headers.get("retry-after"), calls.count]).toEqual([503, "1", 3]);
  });

  test("is not tried again for a stream", async () => {
    const { calls, roll } = failing(9, Status.UNAVAILABLE);
    await using back = await startScriptedBack({
      async *streamRolls() {
        await roll();
        yield {};
      },
    });
    await using front = startFront({ backPort: back.port });
    expect((await front.get("/rolldice/stream")).status).toBe(503);
    expect(calls.count).toBe(1);
  });

  test.each([Status.INTERNAL, Status.UNKNOWN, Status.RESOURCE_EXHAUSTED])(
    "is the only status that is tried again: %d is not",
    async (status) => {
      const { calls, roll } = failing(1, status);
      await using back = await startScriptedBack({ roll });
      await using front = startFront({ backPort: back.port });
      await front.get("/rolldice");
      expect(calls.count).toBe(1);
    },
  );
});

describe("the deadline", () => {
  test.each([
    ["of the service ends the call", 300, undefined],
    ["is shortened by the caller", 60_000, "300"],
    ["is not made longer by the caller", 300, "60000"],
  ])("%s", async (_what, callTimeoutMs, header) => {
    const hanging = createHanging();
    await using back = await startScriptedBack({ roll: (_request, context) => hanging.hang(context) });
    await using front = startFront({ backPort: back.port, callTimeoutMs });
    const response = await front.get("/rolldice", header ? { headers: { "request-timeout-ms": header } } : {});
    expect([response.status, await response.json()]).toMatchObject([504, { grpc_status: "DEADLINE_EXCEEDED" }]);
    await hanging.stopped;
    const [client] = await front.waitForSpans(2);
    const [server] = await back.waitForSpans(1);
    for (const span of [client, server]) expect(span?.attributes["rpc.status_code"]).toBe("DEADLINE_EXCEEDED");
  });

  test("holds for a whole stream where the caller asks for it", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield { roll: 1, value: 1 };
        await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: 60_000 });
    const response = await front.get("/rolldice/stream", { headers: { "request-timeout-ms": "300" } });
    expect(await response.text()).toContain('"grpc_status":"DEADLINE_EXCEEDED"');
    await hanging.stopped;
  });
});

describe("a client that goes away", () => {
  test("cancels the call to back", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({ roll: (_request, context) => hanging.hang(context) });
    await using front = startFront({ backPort: back.port });
    const client = new AbortController();
    const response = front.get("/rolldice", { signal: client.signal });
    await hanging.called;
    client.abort();
    await hanging.stopped;
    expect((await response).status).toBe(499);
  });
});

describe("back down", () => {
  test("is 503 before the deadline, and 200 again within two seconds of its return", async () => {
    const script = { roll: async () => ({ values: [4] }) };
    const first = await startScriptedBack(script);
    await using front = startFront({ backPort: first.port });
    expect((await front.get("/rolldice")).status).toBe(200);

    await first.stop();
    const asked = performance.now();
    expect((await front.get("/rolldice")).status).toBe(503);
    expect(performance.now() - asked).toBeLessThan(2000);

    await using _second = await startScriptedBack(script, first.port);
    const returned = performance.now();
    while ((await front.get("/rolldice")).status !== 200) {
      expect(performance.now() - returned).toBeLessThan(2000);
    }
  });

  test("is reported once, and its return too", async () => {
    const first = await startScriptedBack({});
    await using front = startFront({ backPort: first.port });
    const reported: string[] = [];
    const heard = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const report = (what: string) => () => {
      reported.push(what);
      // The end of the connection is reported before it is known whether another one can be opened.
      heard[reported.filter((state) => state !== "lost").length - 1]?.resolve();
    };
    front.dice.watch({ onUp: report("up"), onLost: report("lost"), onDown: report("down") });
    await heard[0]?.promise;

    await first.stop();
    await heard[1]?.promise;

    await using _second = await startScriptedBack({}, first.port);
    await heard[2]?.promise;
    expect(reported).toEqual(["up", "lost", "down", "up"]);
  });
});
