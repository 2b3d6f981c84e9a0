import { expect, test } from "bun:test";
import { DisconnectWatch, type Pending } from "./response-end.ts";

function pending() {
  const client = new AbortController();
  const { promise: noticed, resolve } = Promise.withResolvers<void>();
  let times = 0;
  const request = new Request("http://localhost/", { signal: client.signal });
  const one: Pending = {
    request,
    abandon: () => {
      times += 1;
      resolve();
    },
  };
  return { one, noticed, leave: () => client.abort(), times: () => times };
}

test("a client that leaves a request that takes long is noticed, whether it left early or late", async () => {
  const watch = new DisconnectWatch();
  const [early, late] = [pending(), pending()];
  watch.add(early.one);
  watch.add(late.one);
  early.leave();
  await early.noticed;
  expect(late.times()).toBe(0);
  late.leave();
  await late.noticed;
  expect([early.times(), late.times()]).toEqual([1, 1]);
});

test("requests that were answered are not noticed, wherever they stood among the others", async () => {
  const watch = new DisconnectWatch();
  const all = Array.from({ length: 7 }, pending);
  for (const { one } of all) watch.add(one);
  // The youngest, the oldest, two neighbours; and one twice.
  for (const index of [6, 0, 3, 2, 3]) watch.delete(all[index]?.one as Pending);
  for (const { leave } of all) leave();
  await Promise.all([1, 4, 5].map((index) => all[index]?.noticed));
  expect(all.map(({ times }) => times())).toEqual([0, 1, 0, 0, 1, 1, 0]);
});

test("goes on after it has looked", async () => {
  const watch = new DisconnectWatch();
  for (let round = 0; round < 3; round++) {
    const [answered, left] = [pending(), pending()];
    watch.add(answered.one);
    watch.add(left.one);
    watch.delete(answered.one);
    left.leave();
    await left.noticed;
    answered.leave();
    expect(answered.times()).toBe(0);
  }
});
