import { afterAll, expect, test } from "bun:test";
import { runLoad, runPacedLoad } from "./load.ts";
import { startPace } from "./pace.ts";

const pace = { requests: 20, requestsPerSecond: 1000 };
/** The milliseconds of the pace's steps after the first. */
const paceMs = 19;
let hold: () => Promise<void> = async () => {};
const paths: string[] = [];
const service = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch({ url }) {
    const { pathname } = new URL(url);
    paths.push(pathname);
    await hold();
    return new Response(pathname, { status: pathname === "/bad" ? 500 : 200 });
  },
});
afterAll(() => service.stop(true));

test("a closed loop sends all requests and counts their answers", async () => {
  paths.length = 0;
  const url = new URL("/good", service.url);
  const { statuses, latencies } = await runLoad({ url, requests: 50, connections: 4 });
  expect([...statuses]).toEqual([[200, 50]]);
  expect(latencies).toHaveLength(50);
  expect(paths).toEqual(Array.from({ length: 50 }, () => "/good"));
  const bad = await runLoad({ url: new URL("/bad", service.url), requests: 2, connections: 4 });
  expect([...bad.statuses]).toEqual([[500, 2]]);
});

test("a service that stops gets the latency of every request that was due while it stood still", async () => {
  // The first answer is held back until another pace, of twice as many steps, is over: all 20 requests are due before that.
  let isFirst = true;
  hold = async () => {
    if (!isFirst) return;
    isFirst = false;
    const over = Promise.withResolvers<void>();
    let steps = 0;
    const end = startPace({ ...pace, requests: 2 * pace.requests }, () => {
      steps += 1;
      if (steps === 2 * pace.requests) over.resolve();
    });
    await over.promise;
    end();
  };
  const { latencies } = await runPacedLoad({ url: new URL("/good", service.url), connections: 1, ...pace });
  expect(latencies).toHaveLength(pace.requests);
  // The last one was due 19 ms after the first, and the first answer came at least 39 ms after it was due.
  expect(Math.min(...latencies)).toBeGreaterThan(paceMs);
});

test("a service that is not there is an error", async () => {
  const url = new URL("http://127.0.0.1:9/good");
  await expect(runLoad({ url, requests: 1, connections: 1 })).rejects.toThrow();
});
