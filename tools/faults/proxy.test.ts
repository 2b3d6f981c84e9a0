import { afterEach, expect, spyOn, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { startTcpProxy } from "./proxy.ts";

const REQUEST = "a request".repeat(100);
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

test("drop-idle closes a connection that is used again, and not a new one that is slow", async () => {
  let nowMs = 1000;
  const clock = spyOn(performance, "now").mockImplementation(() => nowMs);
  open.push({ [Symbol.asyncDispose]: async () => clock.mockRestore() });
  const target = createServer((socket) => socket.on("error", () => {}).on("data", (chunk) => socket.write(chunk)));
  await once(target.listen(0, "127.0.0.1"), "listening");
  const proxy = await startTcpProxy((target.address() as AddressInfo).port);
  open.push({ [Symbol.asyncDispose]: async () => void target.close() }, proxy);
  await proxy.fail("drop-idle");

  const caller = connect(proxy.port, "127.0.0.1");
  expect(await ask(caller, "settings")).toBe("settings");
  nowMs += 100;
  expect(await ask(caller, REQUEST)).toBe(REQUEST);
  nowMs += 40;
  expect(await ask(caller, REQUEST)).toBe(REQUEST);
  nowMs += 100;
  const closed = once(caller, "close");
  expect(proxy.faults).toBe(0);
  caller.write(REQUEST);
  await closed;
  expect(proxy.faults).toBe(1);
});

test("one change is made after the other", async () => {
  const proxy = await startTcpProxy(1);
  open.push(proxy);
  await Promise.all([proxy.fail("refuse"), proxy.fail(undefined), proxy.fail("reset"), proxy.fail(undefined)]);
  await once(connect(proxy.port, "127.0.0.1"), "connect");
});

async function ask(socket: Socket, text: string): Promise<string> {
  let answer = "";
  const isComplete = Promise.withResolvers<string>();
  socket.once("close", () => isComplete.reject(new Error("closed")));
  socket.on("data", (chunk) => {
    answer += chunk;
    if (answer.length === text.length) isComplete.resolve(answer);
  });
  socket.write(text);
  return await isComplete.promise.finally(() => socket.removeAllListeners("data"));
}
