import { expect, test } from "bun:test";
import { startBack } from "./testing/start-back.ts";

async function runProbe(port: number): Promise<number> {
  const probe = Bun.spawn([process.execPath, new URL("probe.ts", import.meta.url).pathname], {
    env: { ...process.env, BACK_PORT: String(port) },
    stdio: ["ignore", "ignore", "ignore"],
  });
  return probe.exited;
}

test("the probe succeeds while back serves, and fails when back is gone", async () => {
  const back = await startBack();
  await using _ = back;
  expect(await runProbe(back.port)).toBe(0);
  await back.server.shutdown(0);
  expect(await runProbe(back.port)).toBe(1);
});
