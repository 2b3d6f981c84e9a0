import { expect, test } from "bun:test";
import type { Pair } from "./pair.ts";
import { followMemory } from "./soak.ts";

const OPTIONS = { requests: 1000, connections: 4, onProgress: () => {} };

/** A server in the place of front and back. */
function serve(status: number): Pair & AsyncDisposable {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("[1,2,3]", { status }) });
  const stop = (): Promise<void> => server.stop(true);
  return {
    name: "pair",
    url: server.url,
    cpuSeconds: () => 0,
    rss: async () => process.memoryUsage.rss(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

test("memory is followed while the answers are right", async () => {
  await using pair = serve(200);
  expect((await followMemory(pair, OPTIONS)).map(({ x }) => x).slice(-2)).toEqual([990, 1000]);
});

test("requests that are answered 503 say nothing about memory", async () => {
  await using pair = serve(503);
  await expect(followMemory(pair, OPTIONS)).rejects.toThrow("expected 200, the answer was 10 times 503");
});
