import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "@baton/tools/until";
import { type Receiver, startReceiver } from "./start.ts";

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver("http/protobuf");
});
afterAll(() => receiver[Symbol.asyncDispose]());

const send = async (): Promise<number> => {
  const headers = { connection: "close" };
  const { status } = await fetch(`${receiver.url}/v1/traces`, { method: "POST", body: new Uint8Array(), headers });
  return status;
};
const faults = async (): Promise<number> => (await receiver.counts()).faults;

test("a behaviour that was not felt is no fault", async () => {
  await receiver.behave({ status: 503 });
  expect(await faults()).toBe(0);
  expect(await send()).toBe(503);
  expect(await faults()).toBe(1);
  await receiver.behave({});
  expect(await send()).toBe(200);
  expect(await faults()).toBe(0);
});

test("what the network does is a fault", async () => {
  await receiver.behave({ network: "reset" });
  await expect(send()).rejects.toThrow();
  expect(await faults()).toBeGreaterThan(0);
  await receiver.behave({});
});

test("a receiver that restarts by turns is away at once", async () => {
  await receiver.behave({ restartsEachMs: 600_000 });
  await expect(send()).rejects.toThrow();
  await receiver.behave({});
  expect(await send()).toBe(200);
});

test("what is held back is answered when the behaviour changes", async () => {
  await receiver.behave({ delayMs: 600_000 });
  const held = send();
  await until("the request has arrived", async () => (await faults()) === 1);
  await receiver.behave({});
  expect(await held).toBe(200);
});
