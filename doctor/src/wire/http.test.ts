import { afterAll, describe, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { readTarget } from "../target.ts";
import { createHttpSender } from "./http.ts";
import type { Outgoing } from "./message.ts";

const close: (() => void)[] = [];
afterAll(() => {
  for (const each of close) each();
});

/** A server that keeps the bytes of each request and answers with these pieces. */
async function startServer(pieces: readonly string[], options: { readonly keepsOpen?: boolean } = {}) {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (chunk: Buffer) => {
      received.push(chunk.toString("latin1"));
      for (const piece of pieces) socket.write(piece);
      if (options.keepsOpen !== true) socket.end();
    });
  });
  close.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { port, received };
}

const none: Outgoing = { headers: [], callbackUrl: "http://127.0.0.1:9/ok/1?a=b" };

describe("what is sent", () => {
  test("header lines keep their order, spelling, blanks and bytes, also those of one name", async () => {
    const { port, received } = await startServer(["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]);
    const target = readTarget({ url: `http://127.0.0.1:${port}/a?b=c`, headers: [["X-Own", "1"]] });
    const headers = [
      ["TraceParent", "  one\t"],
      ["traceparent", "\u00e9"],
    ] as const;
    await createHttpSender(target, 1000).send({ ...none, headers });
    expect(received).toEqual([
      `GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: */*\r\nConnection: close\r\nX-Own: 1\r\nTraceParent:   one\t\r\ntraceparent: \u00e9\r\n\r\n`,
    ]);
  });

  test("{callback} is escaped in the URL and plain elsewhere; a body has its length in bytes", async () => {
    const { port, received } = await startServer(["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]);
    const url = `http://127.0.0.1:${port}/{callback}/x?url={callback}`;
    const target = readTarget({ url, body: "\u00e9 {callback}", headers: [["x-url", "{callback}"]] });
    await createHttpSender(target, 1000).send(none);
    const escaped = "http%3A%2F%2F127.0.0.1%3A9%2Fok%2F1%3Fa%3Db";
    expect(received[0]).toStartWith(`POST /${escaped}/x?url=${escaped} HTTP/1.1\r\n`);
    expect(received[0]).toContain("x-url: http://127.0.0.1:9/ok/1?a=b\r\n");
    expect(received[0]).toContain("Content-Length: 30\r\n");
    expect(received[0]).toEndWith("\r\n\r\n\u00c3\u00a9 http://127.0.0.1:9/ok/1?a=b");
  });

  test("a body in pieces", async () => {
    const { port, received } = await startServer(["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]);
    const target = readTarget({ url: `http://127.0.0.1:${port}/`, body: "abcde" });
    await createHttpSender(target, 1000).send({ ...none, variant: "chunked" });
    expect(received[0]).toContain("Transfer-Encoding: chunked\r\n");
    expect(received[0]).not.toContain("Content-Length");
    expect(received[0]).toEndWith("\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  });
});

describe("what comes", () => {
  test.each([
    ["with a length", ["HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nno", "pe"], { status: 404, text: "nope" }],
    ["until the end", ["HTTP/1.0 200 OK\r\n\r\nall"], { status: 200, text: "all" }],
    [
      "after 100 and 103",
      ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"],
      { status: 204 },
    ],
    ["nothing", [], { status: undefined, problem: "closed" }],
    ["something else", ["220 smtp.example.com\r\n"], { status: undefined, problem: "not understood" }],
    ["something else with a blank line", ["hello\r\n\r\n"], { status: undefined, problem: "not understood" }],
  ] as const)("%s", async (_, pieces, expected) => {
    const { port } = await startServer(pieces);
    const target = readTarget({ url: `http://127.0.0.1:${port}/` });
    expect(await createHttpSender(target, 2000).send(none)).toMatchObject(expected);
  });

  test.each([
    [
      "chunks, with the connection left open",
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
      {},
    ],
    [
      "events without an end",
      ["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"],
      { problem: "left" },
    ],
    [
      "more than is read",
      [`HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n${"x".repeat(100_000)}`],
      { problem: "left" },
    ],
    ["a body that stops in the middle", ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"], { problem: "left" }],
  ] as const)("%s is an answer", async (_, pieces, expected) => {
    const { port } = await startServer(pieces, { keepsOpen: true });
    const target = readTarget({ url: `http://127.0.0.1:${port}/` });
    const reply = await createHttpSender(target, 300).send(none);
    expect(reply).toMatchObject({ status: 200, ...expected });
    if (!("problem" in expected)) expect(reply.problem).toBeUndefined();
  });

  test("no answer in time", async () => {
    const { port } = await startServer([], { keepsOpen: true });
    const reply = await createHttpSender(readTarget({ url: `http://127.0.0.1:${port}/` }), 100).send(none);
    expect(reply).toMatchObject({ status: undefined, problem: "timeout", detail: "no answer within 0.1 s" });
  });
});
