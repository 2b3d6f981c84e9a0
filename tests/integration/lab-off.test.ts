/** Without `LAB=1` the code that makes faults is not loaded, and no request can ask for one. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";
import { processTimeoutMs, startTestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

/** Runs a service on any port with a plugin that prints each file of a lab as it is loaded; stops it when it is up. */
async function loadedLabFiles(service: string, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const child = Bun.spawn(
    [
      process.execPath,
      "run",
      "--preload",
      join(import.meta.dir, "processes/print-lab-files.ts"),
      `services/${service}`,
    ],
    {
      cwd: root,
      env: { ...process.env, FRONT_PORT: "0", BACK_PORT: "0", OTEL_SDK_DISABLED: "true", ...env },
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  let output = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    output += decoder.decode(chunk, { stream: true });
    if (/(front answers HTTP|back answers gRPC)/.test(output)) child.kill("SIGTERM");
  }
  await child.exited;
  return [...output.matchAll(/^lab file: (.*)$/gm)].map(([, file = ""]) => file);
}

test.each(["front", "back"])("%s loads its lab with LAB=1 only", async (service) => {
  expect(await loadedLabFiles(service, { LAB: "1" })).toContain(`${service}/src/lab/${service}-lab.ts`);
  for (const LAB of ["", "0", "true"]) expect(await loadedLabFiles(service, { LAB })).toEqual([]);
});

test("front loads its client of Kafka with LAB_KAFKA_BROKERS only", async () => {
  const client = "src/lab/queue/kafka.ts";
  expect(await loadedLabFiles("front", { LAB: "1", LAB_KAFKA_BROKERS: "" })).not.toContain(client);
  expect(await loadedLabFiles("front", { LAB: "1", LAB_KAFKA_BROKERS: "127.0.0.1:9" })).toContain(client);
});

test("a request that asks for a fault is an ordinary request", async () => {
  await using stack = await startTestStack();
  const headers = { "x-lab-fault": "front-does-not-inject" };
  expect((await fetch(`${stack.frontUrl}/rolldice`, { headers })).status).toBe(200);
  const body = JSON.stringify({ fault: "header-dropped" });
  expect((await fetch(`${stack.frontUrl}/lab/fault`, { method: "PUT", body })).status).toBe(404);
  expect((await fetch(`${stack.frontUrl}/lab/stranger`)).status).toBe(404);
});
