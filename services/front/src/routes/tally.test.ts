import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { ServerError, Status } from "nice-grpc-common";
import { createHanging } from "../testing/hanging.ts";
import { startScriptedBack } from "../testing/scripted-back.ts";
import { startFront } from "../testing/start-front.ts";

const encoder = new TextEncoder();

/** Answers with what it was sent, so that a test can see it. */
const counting = () => {
  const received: unknown[] = [];
  const tallyRolls = async (requests: AsyncIterable<unknown>) => {
    for await (const request of requests) received.push(request);
    return { throws: received.length, total: 7 };
  };
  return { received, tallyRolls };
};

describe("POST /rolldice/tally", () => {
  test("sends each line on and answers with the tally", async () => {
    const { received, tallyRolls } = counting();
    await using back = await startScriptedBack({ tallyRolls });
    await using front = startFront({ backPort: back.port });
    const body = '{"player":"ann","rolls":2,"sides":8}\r\n\n{}\n{"player":"bøb"}';
    const response = await front.get("/rolldice/tally", { method: "POST", body });
    expect([response.status, await response.json()]).toEqual([200, { throws: 3, total: 7, players: [] }]);
    expect(received).toEqual([
      { player: "ann", rolls: 2, sides: 8 },
      { player: "", rolls: 1, sides: 6 },
      { player: "bøb", rolls: 1, sides: 6 },
    ]);
  });

  test("without a body is a tally of nothing", async () => {
    await using back = await startScriptedBack(counting());
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice/tally", { method: "POST" });
    expect(await response.json()).toMatchObject({ throws: 0 });
  });

  test("sends a line on before the next one has arrived", async () => {
    const first = Promise.withResolvers<void>();
    await using back = await startScriptedBack({
      async tallyRolls(requests) {
        let throws = 0;
        for await (const _request of requests) {
          throws += 1;
          first.resolve();
        }
        return { throws };
      },
    });
    await using front = startFront({ backPort: back.port });
    const url = new URL("/rolldice/tally", front.server.listen("127.0.0.1", 0));
    async function* body() {
      yield encoder.encode('{"rolls":1}\n{"ro');
      await first.promise;
      yield encoder.encode('lls":2}\n');
    }
    const response = await fetch(url, { method: "POST", body: body() });
    expect(await response.json()).toMatchObject({ throws: 2 });
  });

  test.each([
    ['{}\n{"rolls":0}', 2, "rolls", "a whole number from 1 to 1000"],
    ['{}\n\n{"rolls":1.5}', 3, "rolls", "a whole number from 1 to 1000"],
    ['{"rolls":"3"}', 1, "rolls", "a whole number from 1 to 1000"],
    ['{"sides":1}', 1, "sides", "a whole number from 2 to 1000"],
    ['{"player":7}', 1, "player", "text of at most 64 characters"],
    ["{}\n{oops\n{}", 2, "(all)", "a JSON object"],
    ["[]", 1, "(all)", "a JSON object"],
    ["3", 1, "(all)", "a JSON object"],
    ["null", 1, "(all)", "a JSON object"],
  ])("%j is 400 and names line %d and %s", async (body, line, field, rule) => {
    await using back = await startScriptedBack(counting());
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice/tally", { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining(`Line ${line}:`), errors: [{ in: "body", field, rule, line }] },
    ]);
  });

  test("a bad line cancels the call, while the client is still sending", async () => {
    const hanging = createHanging();
    await using back = await startScriptedBack({ tallyRolls: (_requests, context) => hanging.hang(context) });
    await using front = startFront({ backPort: back.port });
    const url = new URL("/rolldice/tally", front.server.listen("127.0.0.1", 0));
    const answered = Promise.withResolvers<void>();
    async function* body() {
      yield encoder.encode("{}\n");
      await hanging.called;
      yield encoder.encode("oops\n");
      await answered.promise;
    }
    const response = await fetch(url, { method: "POST", body: body() });
    expect(response.status).toBe(400);
    answered.resolve();
    await hanging.stopped;
  });

  test.each(["application/json", "application/x-ndjson", "application/x-www-form-urlencoded", "text/plain"])(
    "accepts lines as %s",
    async (type) => {
      await using back = await startScriptedBack(counting());
      await using front = startFront({ backPort: back.port });
      const headers = { "content-type": type };
      const response = await front.get("/rolldice/tally", { method: "POST", body: "{}\n{}", headers });
      expect(await response.json()).toMatchObject({ throws: 2 });
    },
  );

  test("decodes a character that arrives in two chunks", async () => {
    const { received, tallyRolls } = counting();
    await using back = await startScriptedBack({ tallyRolls });
    await using front = startFront({ backPort: back.port });
    const bytes = encoder.encode('{"player":"ø"}');
    const cut = bytes.indexOf(0xc3) + 1;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut));
        controller.enqueue(bytes.slice(cut));
        controller.close();
      },
    });
    await front.get("/rolldice/tally", { method: "POST", body });
    expect(received).toMatchObject([{ player: "ø" }]);
  });

  test("a line that never ends is 413 too", async () => {
    await using back = await startScriptedBack(counting());
    await using front = startFront({ backPort: back.port });
    const body = new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode("x".repeat(5000))) });
    const response = await front.get("/rolldice/tally", { method: "POST", body });
    expect(response.status).toBe(413);
  });

  test("a line that is too long is 413", async () => {
    await using back = await startScriptedBack(counting());
    await using front = startFront({ backPort: back.port });
    const body = `{}\n{"player":"${"x".repeat(5000)}"}`;
    const response = await front.get("/rolldice/tally", { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([413, { errors: [{ line: 2 }] }]);
  });

  test("1000 lines are accepted, also with a line break after the last", async () => {
    await using back = await startScriptedBack(counting());
    await using front = startFront({ backPort: back.port });
    const body = "{}\n".repeat(1000);
    const response = await front.get("/rolldice/tally", { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([200, { throws: 1000 }]);
  });

  test.each([
    ["throws", `${"{}\n".repeat(1000)}{}`],
    ["a hundred thousand throws", "{}\n".repeat(100_000)],
    ["empty lines", "\n".repeat(1002)],
  ])("more lines than that are 413 and name the rule: %s", async (_, body) => {
    const { received, tallyRolls } = counting();
    await using back = await startScriptedBack({ tallyRolls });
    await using front = startFront({ backPort: back.port });
    const response = await fetch(new URL("/rolldice/tally", front.server.listen("127.0.0.1", 0)), {
      method: "POST",
      body,
    });
    const rule = "at most 1000 lines";
    expect([response.status, await response.json()]).toMatchObject([
      413,
      { detail: `Line 1001: a tally must have ${rule}.`, errors: [{ in: "body", field: "(all)", rule, line: 1001 }] },
    ]);
    expect(received.length).toBeLessThanOrEqual(1000);
  });

  test("stops reading the body when back has ended the call", async () => {
    await using back = await startScriptedBack({
      tallyRolls: () => {
        throw new ServerError(Status.RESOURCE_EXHAUSTED, "a tally has at most 1000 throws");
      },
    });
    await using front = startFront({ backPort: back.port });
    const stopped = Promise.withResolvers<void>();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(encoder.encode("{}\n")),
      cancel: () => stopped.resolve(),
    });
    expect((await front.get("/rolldice/tally", { method: "POST", body })).status).toBe(429);
    await stopped.promise;
  });

  test.each([
    ["a byte at a time", 5],
    ["and stops half-way", Number.POSITIVE_INFINITY],
  ])("a body that arrives %s is 408, and the call to back ends with it", async (_, everyMs) => {
    const hanging = createHanging();
    await using back = await startScriptedBack({ tallyRolls: (_requests, context) => hanging.hang(context) });
    await using front = startFront({ backPort: back.port, bodyTimeoutMs: 150 });
    const url = new URL("/rolldice/tally", front.server.listen("127.0.0.1", 0));
    const socket = connect(Number(url.port), url.hostname, () => {
      socket.write("POST /rolldice/tally HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{}\n");
    });
    const timer = everyMs === Number.POSITIVE_INFINITY ? undefined : setInterval(() => socket.write(" "), everyMs);
    const [answer] = (await once(socket, "data")) as [Buffer];
    clearInterval(timer);
    socket.destroy();
    expect(answer.toString()).toStartWith("HTTP/1.1 408");
    expect(answer.toString()).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/i);
    expect(answer.toString()).toContain('"detail":"The body must arrive within 150 ms."');
    await hanging.stopped;
    expect(front.logged).toEqual([]);
  });

  test("an error of back is answered while the client is still sending", async () => {
    await using back = await startScriptedBack({
      tallyRolls: () => {
        throw new ServerError(Status.RESOURCE_EXHAUSTED, "a tally has at most 1000 throws");
      },
    });
    await using front = startFront({ backPort: back.port });
    const url = new URL("/rolldice/tally", front.server.listen("127.0.0.1", 0));
    const answered = Promise.withResolvers<void>();
    async function* body() {
      yield encoder.encode("{}\n");
      await answered.promise;
    }
    const response = await fetch(url, { method: "POST", body: body() });
    expect([response.status, await response.json()]).toMatchObject([429, { grpc_status: "RESOURCE_EXHAUSTED" }]);
    answered.resolve();
  });
});
