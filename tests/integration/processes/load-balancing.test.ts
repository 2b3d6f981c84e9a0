import { expect, setDefaultTimeout, test } from "bun:test";
import { processTimeoutMs } from "../../support/stack.ts";
import { startNameServer } from "./name-server.ts";
import { startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

/** A back that counts the calls that it has answered. */
async function startCountingBack(env: Readonly<Record<string, string>> = {}) {
  const back = await startBack({ OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: "0", ...env });
  const { port } = await back.line(/^Prometheus metrics at/);
  const rolls = async () => {
    const page = await (await fetch(`http://localhost:${port}/metrics`)).text();
    const line = /^rpc_server_call_duration\w*_count\{[^}]*DiceService\/Roll"[^}]*\} (\d+)/m.exec(page);
    return Number(line?.[1] ?? 0);
  };
  return Object.assign(back, { rolls });
}

async function roll(front: Awaited<ReturnType<typeof startFront>>, times: number) {
  for (let time = 0; time < times; time += 1) expect((await front.get("/rolldice")).status).toBe(200);
}

test("two backs share the calls evenly", async () => {
  await using one = await startCountingBack();
  await using two = await startCountingBack();
  await using front = await startFront({ BACK_ADDRESS: `ipv4:${one.address},${two.address}` });
  // Until both are connected, all calls go to the connected one.
  while ((await one.rolls()) === 0 || (await two.rolls()) === 0) await roll(front, 2);
  const before = [await one.rolls(), await two.rolls()];
  await roll(front, 20);
  expect([await one.rolls(), await two.rolls()]).toEqual(before.map((count) => count + 10));
});

// Only Linux answers on all of 127.0.0.0/8 without configuration.
test.skipIf(process.platform !== "linux")("a back that is added gets its share, and no call is lost", async () => {
  const env = { BACK_MAX_CONNECTION_AGE_MS: "300" };
  await using one = await startCountingBack(env);
  await using names = await startNameServer(["127.0.0.1"]);
  await using front = await startFront({
    BACK_ADDRESS: `dns://${names.address}/back:${one.port}`,
    GRPC_NODE_USE_ALTERNATIVE_RESOLVER: "true",
  });
  await roll(front, 10);
  await using two = await startCountingBack({ ...env, BACK_HOST: "127.0.0.2", BACK_PORT: String(one.port) });
  names.answer(["127.0.0.1", "127.0.0.2"]);
  while ((await two.rolls()) === 0) await roll(front, 10);
  const before = [await one.rolls(), await two.rolls()];
  await roll(front, 100);
  const [first = 0, second = 0] = [await one.rolls(), await two.rolls()].map((count, at) => count - (before[at] ?? 0));
  expect(first + second).toBe(100);
  expect(Math.min(first, second)).toBeGreaterThan(30);
});

test.skipIf(process.platform !== "linux")(
  "a back that is removed gets no more calls, and no call is lost",
  async () => {
    const env = { BACK_MAX_CONNECTION_AGE_MS: "300" };
    await using one = await startCountingBack(env);
    await using two = await startCountingBack({ ...env, BACK_HOST: "127.0.0.2", BACK_PORT: String(one.port) });
    await using names = await startNameServer(["127.0.0.1", "127.0.0.2"]);
    await using front = await startFront({
      BACK_ADDRESS: `dns://${names.address}/back:${one.port}`,
      GRPC_NODE_USE_ALTERNATIVE_RESOLVER: "true",
    });
    while ((await two.rolls()) === 0) await roll(front, 10);
    names.answer(["127.0.0.1"]);
    two.signal("SIGTERM");
    let gone = false;
    void two.exited.then(() => {
      gone = true;
    });
    while (!gone) await roll(front, 10);
    await roll(front, 10);
    expect(await two.exited).toBe(0);
  },
);
