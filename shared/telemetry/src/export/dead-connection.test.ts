/** How a connection whose packets vanish is noticed. Against real receivers on this machine. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createConnection, createServer, type Server as NetServer, type Socket } from "node:net";
import type { Span } from "@opentelemetry/api";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { type Response as Answer, createRetry, type Transport } from "./retry.ts";
import { cleanUp, closeAll, connect, delivered, grpc, never, serve, serveGrpc } from "./sender.fixture.ts";

setDefaultTimeout(20_000);
afterAll(closeAll);

describe("a connection that went dead without a word", () => {
  const span = new BasicTracerProvider().getTracer("test").startSpan("span") as Span & ReadableSpan;

  test("over HTTP: an empty message finds out, and the batch goes over another connection", async () => {
    let dead: object | undefined;
    const server = createHttpServer((request, response): void => {
      request.resume().on("end", (): void => {
        // The first connection is dead after its first answer.
        if (request.socket === dead) return;
        dead ??= request.socket;
        response.end();
      });
    });
    const url = await listen(server);
    const { sender } = connect(url);
    expect(await sender.send([span])).toEqual(delivered);
    expect(await sender.send([span])).toEqual(delivered);
  });

  test("over HTTP: what is given up meanwhile is not sent again", async () => {
    const [batch, probe] = [Uint8Array.of(1), new Uint8Array()];
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Answer>();
    const sent: Uint8Array[] = [];
    const transport: Transport = {
      send: (body) => {
        sent.push(body);
        if (body !== probe) return new Promise(() => {});
        asked.resolve();
        return answer.promise;
      },
      shutdown: () => {},
    };
    const [begun, timeIsUp] = [new AbortController(), new AbortController()];
    const stopping = { begun: begun.signal, timeIsUp: timeIsUp.signal, timeLeftMs: () => Number.POSITIVE_INFINITY };
    const outcome = createRetry({ stopping, holdMs: 0, probe }).send(transport, batch, 60_000);
    await asked.promise;
    timeIsUp.abort();
    expect(await outcome).toMatchObject({ status: "failure" });
    answer.resolve({ status: "success" });
    await new Promise(setImmediate);
    expect(sent).toEqual([batch, probe]);
  });

  test("over HTTP: a receiver that is slow gets each batch once", async () => {
    const asked = Promise.withResolvers<void>();
    const bodies: ("empty" | "batch")[] = [];
    const { url } = serve((_index, body) => {
      bodies.push(body.length > 0 ? "batch" : "empty");
      // The answer comes when the empty message does, which has none.
      if (body.length > 0) return asked.promise.then(() => new Response());
      asked.resolve();
      return never();
    });
    const { sender } = connect(url);
    expect(await sender.send([span])).toEqual(delivered);
    expect(await sender.send([span])).toEqual(delivered);
    expect(bodies).toEqual(["batch", "empty", "batch"]);
  });

  test("over gRPC: a ping finds out", async () => {
    const server = await serveGrpc((_call, reply) => reply(null, Buffer.alloc(0)));
    const sockets = new Set<Socket>();
    const proxy = createServer((near) => {
      const far = createConnection(Number(new URL(server.url).port), "localhost");
      sockets.add(near).add(far);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on("error", () => socket.destroy());
    });
    const { sender } = connect(await listen(proxy), grpc);
    expect(await sender.send([])).toEqual(delivered);
    for (const socket of sockets) socket.unpipe().pause();
    expect(await sender.send([])).toEqual(delivered);
    for (const socket of sockets) socket.destroy();
  });
});

describe("a connection that is closed as it is used", () => {
  // So short that a second try is in time only if it comes at once.
  const timeout = { OTEL_EXPORTER_OTLP_TIMEOUT: "750" };
  const receivers = {
    http: async () => serve(() => new Response()).url,
    grpc: async () => (await serveGrpc((_call, reply) => reply(null, Buffer.alloc(0)))).url,
  };

  test.each([
    ["http", "destroy"],
    ["http", "resetAndDestroy"],
    ["grpc", "destroy"],
    ["grpc", "resetAndDestroy"],
  ] as const)("over %s, by %s(): the batch goes over another at once", async (kind, close) => {
    const port = Number(new URL(await receivers[kind]()).port);
    let wasUsed = false;
    let closed = 0;
    const proxy = createServer((near) => {
      const far = createConnection(port, "localhost");
      near.on("data", (chunk) => {
        if (wasUsed && closed === 0) {
          closed += 1;
          near[close]();
        } else far.write(chunk);
      });
      far.pipe(near);
      near.on("error", () => {}).on("close", () => far.destroy());
      far.on("error", () => {}).on("close", () => near.destroy());
    });
    const { sender } = connect(await listen(proxy), { ...timeout, OTEL_EXPORTER_OTLP_PROTOCOL: protocols[kind] });
    expect(await sender.send([])).toEqual(delivered);
    wasUsed = true;
    expect(await sender.send([])).toEqual(delivered);
    expect(closed).toBe(1);
  });
});

const protocols = { http: "http/protobuf", grpc: "grpc" };

async function listen(server: NetServer): Promise<string> {
  const listening = Promise.withResolvers<void>();
  server.listen(0, "localhost", listening.resolve);
  await listening.promise;
  cleanUp.push(() => server.close());
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
