import { expect, test } from "bun:test";
import { startFront } from "./testing/start-front.ts";

async function runProbe(port: string): Promise<number> {
  const probe = Bun.spawn([process.execPath, new URL("probe.ts", import.meta.url).pathname], {
    env: { ...process.env, FRONT_PORT: port },
    stdio: ["ignore", "ignore", "ignore"],
  });
  return probe.exited;
}

test("the probe succeeds while front answers, with or without back, and fails when front is gone", async () => {
  await using front = startFront();
  const { port } = front.server.listen("127.0.0.1", 0);
  expect(await runProbe(port)).toBe(0);
  await front.server.shutdown(0);
  expect(await runProbe(port)).toBe(1);
});
