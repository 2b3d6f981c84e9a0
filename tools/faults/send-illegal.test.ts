/** What a server does not answer counts as a failure. Against servers on this machine. */
import { expect, test } from "bun:test";
import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { freePort } from "../free-port.ts";
import { sendIllegalGrpc, sendIllegalHttp } from "./send-illegal.ts";

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

async function withHttp2<T>(answer: (stream: ServerHttp2Stream, headers: object) => void, use: (port: number) => T) {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

test("over gRPC as many headers arrive as were asked for", async () => {
  let arrived = 0;
  const failed = await withHttp2(
    (stream, headers) => {
      arrived += Object.keys(headers).filter((name) => !/^:|^te$|^content-type$/.test(name)).length;
      stream.respond({ ":status": 200, "grpc-status": "0" }, { endStream: true });
    },
    (port) => sendIllegalGrpc({ port, headers: HEADERS, seed: 1 }, "/a/b"),
  );
  expect({ arrived, failed }).toEqual({ arrived: HEADERS, failed: 0 });
});

test("over gRPC a stream that is reset is a failure", async () => {
  const answer = (stream: ServerHttp2Stream): void => void stream.destroy(new Error("broken"));
  const sent = withHttp2(answer, (port) => sendIllegalGrpc({ port, headers: HEADERS, seed: 1 }, "/a/b"));
  expect(await sent).toBe(REQUESTS);
});
