import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { choosePort, isFree } from "./ports.ts";

async function occupy(host: string): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, host, resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

test("a free port is kept", async () => {
  const { port } = await (async () => {
    await using taken = await occupy("127.0.0.1");
    return { port: taken.port };
  })();
  const taken: unknown[] = [];
  expect(await choosePort({ service: "front", port }, (wanted) => taken.push(wanted))).toBe(port);
  expect(taken).toEqual([]);
});

test("a taken port is named and replaced by any free one", async () => {
  await using other = await occupy("127.0.0.1");
  const taken: unknown[] = [];
  expect(await choosePort({ service: "front", port: other.port }, (wanted) => taken.push(wanted))).toBe(0);
  expect(taken).toEqual([{ service: "front", port: other.port }]);
});

test("a port taken on all addresses is taken", async () => {
  await using other = await occupy("0.0.0.0");
  expect(await isFree(other.port)).toBe(false);
});
