import { describe, expect, test } from "bun:test";
import { until } from "@baton/tools/until";
import { differenceOf, type Sample, startLoad } from "./load.ts";

describe("differenceOf", () => {
  const second = (index: number, mine: number, other: number): Sample[] =>
    Array.from({ length: 100 }, (_, at) => at).flatMap((at) => [
      { pair: 0, sentAt: index * 1000 + at, ms: mine },
      { pair: 1, sentAt: index * 1000 + at, ms: other },
    ]);

  test("is the difference to the pair without the fault, second by second", () => {
    const samples = [second(0, 12, 10), second(1, 13, 10), second(2, 14, 10)].flat();
    expect(differenceOf(samples).median).toBe(3);
  });

  test("one bad second decides nothing", () => {
    const samples = [second(0, 500, 10), ...Array.from({ length: 9 }, (_, index) => second(index + 1, 11, 10))].flat();
    expect(differenceOf(samples)).toEqual({ median: 1, spread: [1, 1] });
  });
});

test("a load knows how many requests its rate asks for, on all pairs together", async () => {
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("[1,2,3]") });
  const url = server.url.href.replace(/\/$/, "");
  await using load = startLoad([url, url], 200);
  await until("some are answered", () => load.samples.length > 20);
  await load.stop();
  expect(load.samples.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
  expect(load.due).toBeGreaterThanOrEqual(load.samples.length);
});
