import { expect, test } from "bun:test";
import { startScriptedBack } from "../testing/scripted-back.ts";
import { startFront } from "../testing/start-front.ts";

test("GET /relay calls front itself as often as asked, at its own address, and then back once", async () => {
  let calls = 0;
  await using back = await startScriptedBack({
    async roll() {
      calls += 1;
      return { values: [4] };
    },
  });
  await using front = startFront({ backPort: back.port });
  const url = front.server.listen("127.0.0.1", 0);
  const response = await fetch(new URL("/relay?hops=2", url), { headers: { host: "stranger.example" } });
  expect([response.status, await response.text()]).toEqual([200, "4"]);
  const spans = await front.waitForSpans(6);
  expect(spans.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    "CLIENT GET /relay",
    "CLIENT GET /relay",
    "CLIENT baton.dice.v1.DiceService/Roll",
    "SERVER GET /relay",
    "SERVER GET /relay",
    "SERVER GET /relay",
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(calls).toBe(1);
});

test("a problem at the end of the way is the answer", async () => {
  await using front = startFront();
  const url = front.server.listen("127.0.0.1", 0);
  const response = await fetch(new URL("/relay?hops=1", url));
  expect([response.status, response.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
});

test("without a port of its own it says so, and more than five hops are refused", async () => {
  await using front = startFront();
  expect((await front.get("/relay?hops=1")).status).toBe(503);
  expect((await front.get("/relay?hops=6")).status).toBe(400);
});
