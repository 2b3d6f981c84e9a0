import { describe, expect, test } from "bun:test";
import { ServerError, Status } from "nice-grpc-common";
import { createHanging } from "../testing/hanging.ts";
import { startScriptedBack } from "../testing/scripted-back.ts";
import { startFront } from "../testing/start-front.ts";

const decoder = new TextDecoder();

describe("GET /rolldice/stream", () => {
  test("is one event for each die, then the event end", async () => {
    const asked: unknown[] = [];
    await using back = await startScriptedBack({
      async *streamRolls(request) {
        asked.push(request);
        yield { roll: 1, value: 4 };
        yield { roll: 2, value: 2 };
      },
    });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice/stream?player=ann&rolls=2&interval_ms=0");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(
      'data: {"roll":1,"value":4}\n\ndata: {"roll":2,"value":2}\n\nevent: end\ndata: {}\n\n',
    );
    expect(asked).toEqual([{ player: "ann", rolls: 2, sides: 6, intervalMs: 0 }]);
  });

  test("a client that leaves before its body is read: the call ends, on both sides", async () => {
    await using back = await startScriptedBack({
      async *streamRolls(_request, { signal }) {
        yield { roll: 1, value: 4 };
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    await using front = startFront({ backPort: back.port });
    const client = new AbortController();
    // This response is neither read nor cancelled, as Bun does when the client has left.
    await front.get("/rolldice/stream", { signal: client.signal });
    client.abort();
    const isCall = ({ name }: { name: string }) => name === "baton.dice.v1.DiceService/StreamRolls";
    const spans = await front.waitForSpans((ended) => ended.some(isCall));
    const [received] = await back.waitForSpans(1);
    const code = "rpc.status_code";
    expect([spans.find(isCall)?.attributes[code], received?.attributes[code]]).toEqual(["CANCELLED", "CANCELLED"]);
  });

  test("sends a die before the next one is thrown", async () => {
    const seen = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async *streamRolls() {
        yield { roll: 1, value: 4 };
        await seen.promise;
        yield { roll: 2, value: 2 };
      },
    });
    await using front = startFront({ backPort: back.port });
    const reader = (await front.get("/rolldice/stream")).body?.getReader();
    expect(decoder.decode((await reader?.read())?.value)).toContain('"roll":1');
    seen.resolve();
    expect(decoder.decode((await reader?.read())?.value)).toContain('"roll":2');
  });

  test("is a problem with its own status where the error comes before the first die", async () => {
    await using back = await startScriptedBack({
      async *streamRolls() {
        yield* [];
        throw new ServerError(Status.PERMISSION_DENIED, "mallory is not allowed to play");
      },
    });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice/stream");
    expect([response.status, response.headers.get("content-type")]).toEqual([403, "application/problem+json"]);
  });

  test("ends with a problem event where the error comes later, in the same trace", async () => {
    await using back = await startScriptedBack({
      async *streamRolls() {
        yield { roll: 1, value: 4 };
        throw new ServerError(Status.INTERNAL, "secret");
      },
    });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice/stream");
    const traceId = response.headers.get("traceresponse")?.split("-")[1];
    const text = await response.text();
    expect(text).toStartWith('data: {"roll":1,"value":4}\n\nevent: problem\ndata: {');
    expect(text).toContain(`"trace_id":"${traceId}"`);
    expect(text).not.toContain("secret");
    expect(text).not.toContain("event: end");
  });

  test("cancels the call when the client goes away before the first die", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: 60_000 });
    const client = new AbortController();
    const response = front.get("/rolldice/stream", { signal: client.signal });
    await hanging.called;
    client.abort();
    await hanging.stopped;
    expect((await response).status).toBe(499);
  });

  test("cancels the call when the body is not read to its end", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield { roll: 1, value: 4 };
        await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: 60_000 });
    const reader = (await front.get("/rolldice/stream")).body?.getReader();
    await reader?.read();
    await hanging.called;
    await reader?.cancel();
    await hanging.stopped;
  });

  test("cancels the call when the client goes away later", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({
      async *streamRolls(_request, context) {
        yield { roll: 1, value: 4 };
        await hanging.hang(context);
      },
    });
    await using front = startFront({ backPort: back.port, callTimeoutMs: 60_000 });
    const url = new URL("/rolldice/stream", front.server.listen("127.0.0.1", 0));
    const client = new AbortController();
    const response = await fetch(url, { signal: client.signal });
    await response.body?.getReader().read();
    await hanging.called;
    client.abort();
    await hanging.stopped;
  });
});
