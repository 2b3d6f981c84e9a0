/** Viewer, back and front as separate processes: after stops and starts in any order, the system works again by itself. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ChildProcess } from "@baton/demo/child-process";
import { findScenario } from "@baton/demo/scenarios";
import { send } from "@baton/demo/send";
import { startBack, startFront, startViewer } from "@baton/demo/services";
import { createSupervisor } from "@baton/demo/supervisor";
import { until } from "@baton/tools/until";
import { expectTrace } from "@baton/trace-tree";
import { processTimeoutMs } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

type Name = "viewer" | "back" | "front";

const supervisor = createSupervisor();
/** Where each service listened the first time. It is started on the same address again, as a person would do. */
const at = { query: 0, otlpHttp: 0, back: "", front: 0, queryUrl: "", otlpUrl: "" };
const plainRoll = findScenario("plain-roll");

const start: Readonly<Record<Name, () => Promise<void>>> = {
  async viewer() {
    const { queryUrl, otlpUrl } = await startViewer(supervisor, {
      query: at.query,
      otlpHttp: at.otlpHttp,
      otlpGrpc: 0,
    });
    Object.assign(at, { queryUrl, otlpUrl, query: portOf(queryUrl), otlpHttp: portOf(otlpUrl) });
  },
  async back() {
    at.back = await startBack(supervisor, at.back === "" ? 0 : portOf(`tcp://${at.back}`), exportTo());
  },
  async front() {
    at.front = portOf(await startFront(supervisor, at.front, at.back, exportTo()));
  },
};

/** The exporter gives up after a second, so that its log line comes soon. */
const exportTo = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: at.otlpUrl, OTEL_EXPORTER_OTLP_TIMEOUT: "1000" });
const portOf = (url: string) => Number(new URL(url).port);
const frontUrl = () => `http://localhost:${at.front}`;

beforeAll(async () => {
  await start.viewer();
  await start.back();
  await start.front();
});
afterAll(supervisor.stopAll);

function service(name: Name): ChildProcess {
  const found = supervisor.running().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${name} does not run`);
  return found;
}

async function roll() {
  return await send(frontUrl(), { type: "http", path: "/rolldice" }, {});
}

/** A request is answered, and its trace is complete. */
async function expectItWorks(): Promise<void> {
  await until("front is ready", async () => (await fetch(`${frontUrl()}/readyz`)).ok);
  const { status, traceId = "" } = await roll();
  expect(status).toBe(200);
  await expectTrace({ url: at.queryUrl, traceId }, plainRoll.tree);
}

const orders: readonly (readonly [Name, Name, Name])[] = [
  ["viewer", "back", "front"],
  ["viewer", "front", "back"],
  ["back", "viewer", "front"],
  ["back", "front", "viewer"],
  ["front", "viewer", "back"],
  ["front", "back", "viewer"],
];

describe("in any order", () => {
  test.each(orders.map((order, index) => [order.join(", "), order, orders.at(-1 - index) ?? order] as const))(
    "stopped: %s; then started in another order",
    async (_, stopped, started) => {
      for (const name of stopped) await supervisor.stop(name);
      // Each is started at once after the one before, ready or not, as an impatient person does.
      await Promise.all(started.map((name) => start[name]()));
      await expectItWorks();
    },
  );
});

describe("one is killed", () => {
  test("back: 503 within the deadline, a clear log line, and recovery without help", async () => {
    await supervisor.kill("back");
    const startedAt = performance.now();
    const { status, lines } = await roll();
    expect(performance.now() - startedAt).toBeLessThan(2500);
    expect(status).toBe(503);
    expect(lines.join()).toContain('"grpc_status":"UNAVAILABLE"');
    await until("front says that back is away", () => saidBy("front", `back does not answer on ${at.back}`));
    expect((await fetch(`${frontUrl()}/readyz`)).status).toBe(503);
    expect((await fetch(`${frontUrl()}/healthz`)).status).toBe(200);
    await start.back();
    await expectItWorks();
    expect(saidBy("front", `back answers on ${at.back}`)).toBe(true);
  });

  test("the viewer: requests are answered as before, a clear log line, and later traces are complete", async () => {
    await supervisor.kill("viewer");
    expect((await roll()).status).toBe(200);
    await until("front says that the viewer is away", () => saidBy("front", `Cannot send spans to ${at.otlpUrl}`));
    expect((await roll()).status).toBe(200);
    await start.viewer();
    await expectItWorks();
  });

  test("front: back keeps running, and the next front finds it", async () => {
    await supervisor.kill("front");
    await start.front();
    await expectItWorks();
  });
});

/** Whether the service logged it since its last start. */
function saidBy(name: Name, text: string): boolean {
  return service(name)
    .output()
    .some((line) => line.includes(text));
}
