/** What a server does not answer counts as a failure. Against servers on this machine. */
import { expect, test } from "bun:test";
import { freePort } from "../free-port.ts";
import { sendIllegalHttp } from "./send-illegal.ts";

const HEADERS = 3200;
const REQUESTS = HEADERS / 4;

test("a server that refuses or answers each request has no failure", async () => {
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") });
  expect(await sendIllegalHttp({ port: server.port ?? 0, headers: HEADERS, seed: 1 }, "GET /")).toBe(0);
});

test("a server that is not there has one for each request", async () => {
  expect(await sendIllegalHttp({ port: await freePort(), headers: HEADERS, seed: 1 }, "GET /")).toBe(REQUESTS);
});

test("a server that closes without an answer has one for each request", async () => {
  using server = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data: (socket) => void socket.end() } });
  expect(await sendIllegalHttp({ port: server.port, headers: HEADERS, seed: 1 }, "GET /")).toBe(REQUESTS);
});
