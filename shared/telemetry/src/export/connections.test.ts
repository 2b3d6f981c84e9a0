/** What the stock exporters send, and over which connections, with the options that the variables give them. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { startReporting } from "../start-reporting.fixture.ts";

const certificates = `${import.meta.dir}/../../fixtures/certificates`;
const pem = async (name: string): Promise<Buffer> => Buffer.from(await Bun.file(`${certificates}/${name}.pem`).bytes());
const ca = { OTEL_EXPORTER_OTLP_CERTIFICATE: `${certificates}/ca.pem` };
const client = {
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: `${certificates}/client.pem`,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: `${certificates}/client-key.pem`,
};
const cleanUp: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of cleanUp) await close();
});

/** Sends one span, and returns whether it was accepted. */
async function send(endpoint: string, env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const { telemetry, lines } = startReporting({
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    ...env,
  });
  telemetry.tracer.startSpan("a span").end();
  await telemetry.shutdown();
  return lines.length === 1;
}

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

function serveHttp(tls?: Bun.TLSOptions) {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    ...(tls ? { tls } : {}),
    fetch: async (request) => {
      received.push({ headers: request.headers.toJSON(), body: new Uint8Array(await request.bytes()) });
      return new Response();
    },
  });
  cleanUp.push(() => server.stop(true));
  return { url: `${tls ? "https" : "http"}://localhost:${server.port}`, port: server.port, received };
}

async function serveGrpc(credentials = ServerCredentials.createInsecure(), address = "localhost:0") {
  const received: { readonly metadata: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
  const server = new Server();
  const same = (bytes: Buffer): Buffer => bytes;
  const codec = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  server.addService(
    { export: { path, requestStream: false, responseStream: false, ...codec } },
    {
      export: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
        received.push({ metadata: call.metadata.getMap(), body: call.request.toString("latin1") });
        reply(null, Buffer.alloc(0));
      },
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  cleanUp.push(() => server.forceShutdown());
  return { target: `localhost:${await promise}`, received };
}

describe("over HTTP", () => {
  test("the configured headers are sent, and none of them replaces the content type", async () => {
    const { url, received } = serveHttp();
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b,content-type=text/plain" };
    expect(await send(url, headers)).toBe(true);
    expect(received[0]?.headers).toMatchObject({
      "x-tenant": "a b",
      "content-type": "application/x-protobuf",
      "user-agent": expect.stringMatching(/^OTel-OTLP-Exporter-JavaScript\/\d/),
    });
    expect(received[0]?.headers).not.toHaveProperty("content-encoding");
    expect(received[0]?.headers).not.toHaveProperty("traceparent");
  });

  test("gzip", async () => {
    const { url, received } = serveHttp();
    expect(await send(url, { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" })).toBe(true);
    expect(received[0]?.headers["content-encoding"]).toBe("gzip");
    const body = Bun.gunzipSync(received[0]?.body ?? new Uint8Array());
    expect(Buffer.from(body).toString("latin1")).toContain("a span");
  });

  test("a server is trusted by the configured authority, and by that alone", async () => {
    const { url, received } = serveHttp({ cert: await pem("server"), key: await pem("server-key") });
    expect(await send(url, ca)).toBe(true);
    expect(await send(url)).toBe(false);
    expect(received).toHaveLength(1);
  });

  test("a server that asks for a client certificate gets it", async () => {
    const tls = { cert: await pem("server"), key: await pem("server-key"), ca: await pem("ca") };
    const { url, received } = serveHttp({ ...tls, requestCert: true, rejectUnauthorized: true });
    expect(await send(url, { ...ca, ...client })).toBe(true);
    expect(await send(url, ca)).toBe(false);
    expect(received).toHaveLength(1);
  });
});

describe("through a proxy", () => {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test("HTTP_PROXY, and not where NO_PROXY names the host", async () => {
    const asked: string[] = [];
    const proxy = Bun.serve({
      port: 0,
      fetch: (request) => {
        asked.push(request.url);
        return new Response();
      },
    });
    cleanUp.push(() => proxy.stop(true));
    process.env.HTTP_PROXY = `http://localhost:${proxy.port}`;
    process.env.NO_PROXY = "localhost";
    expect(await send("http://collector.example:4318")).toBe(true);
    expect(asked).toEqual(["http://collector.example:4318/v1/traces"]);
    const { url, received } = serveHttp();
    expect(await send(url)).toBe(true);
    expect(received).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  test("HTTPS_PROXY is asked for a tunnel", async () => {
    const { url, port = 0, received } = serveHttp({ cert: await pem("server"), key: await pem("server-key") });
    const asked: (string | undefined)[] = [];
    const proxy = createServer().listen(0, "localhost");
    proxy.on("connect", (request, socket, head) => {
      asked.push(request.url);
      const server = connect(port, "localhost", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        server.write(head);
        server.pipe(socket);
        socket.pipe(server);
      });
    });
    await new Promise<void>((resolve) => proxy.once("listening", resolve));
    cleanUp.push(() => proxy.close());
    process.env.HTTPS_PROXY = `http://localhost:${(proxy.address() as AddressInfo).port}`;
    process.env.NO_PROXY = "";
    expect(await send(url, ca)).toBe(true);
    expect(asked).toEqual([`localhost:${port}`]);
    expect(received).toHaveLength(1);
  });
});

describe("over gRPC", () => {
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };

  test("the configured headers are sent, and gzip is read", async () => {
    const { target, received } = await serveGrpc();
    const env = { ...grpc, OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b", OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" };
    expect(await send(`http://${target}`, env)).toBe(true);
    expect(received[0]?.metadata).toMatchObject({ "x-tenant": "a b" });
    expect(received[0]?.body).toContain("a span");
  });

  test("without a scheme INSECURE=true means no TLS, and a scheme wins over it", async () => {
    const { target } = await serveGrpc();
    expect(await send(target, { ...grpc, OTEL_EXPORTER_OTLP_INSECURE: "true" })).toBe(true);
    expect(await send(target, grpc)).toBe(false);
    expect(await send(`https://${target}`, { ...grpc, OTEL_EXPORTER_OTLP_INSECURE: "true" })).toBe(false);
  });

  test("a server is trusted by the configured authority, and by that alone", async () => {
    const pair = { cert_chain: await pem("server"), private_key: await pem("server-key") };
    const { target, received } = await serveGrpc(ServerCredentials.createSsl(null, [pair]));
    expect(await send(`https://${target}`, { ...grpc, ...ca })).toBe(true);
    expect(await send(target, { ...grpc, ...ca })).toBe(true);
    expect(await send(`https://${target}`, grpc)).toBe(false);
    expect(received).toHaveLength(2);
  });

  test("a server that asks for a client certificate gets it", async () => {
    const pair = { cert_chain: await pem("server"), private_key: await pem("server-key") };
    const { target, received } = await serveGrpc(ServerCredentials.createSsl(await pem("ca"), [pair], true));
    expect(await send(`https://${target}`, { ...grpc, ...ca, ...client })).toBe(true);
    expect(await send(`https://${target}`, { ...grpc, ...ca })).toBe(false);
    expect(received).toHaveLength(1);
  });

  test.each(["unix:", "unix://"])("a socket as %s", async (scheme) => {
    const folder = await mkdtemp(join(tmpdir(), "otlp-"));
    cleanUp.push(() => rm(folder, { recursive: true }));
    const path = join(folder, "socket");
    const { received } = await serveGrpc(ServerCredentials.createInsecure(), `unix:${path}`);
    expect(await send(`${scheme}${path}`, { ...grpc, OTEL_EXPORTER_OTLP_INSECURE: "true" })).toBe(true);
    expect(received).toHaveLength(1);
  });
});

test("what process.env holds is not read where the program gives another environment", async () => {
  const { url, received } = serveHttp();
  process.env.OTEL_EXPORTER_OTLP_HEADERS = "x-secret=1";
  try {
    expect(await send(url)).toBe(true);
    expect(received[0]?.headers).not.toHaveProperty("x-secret");
    expect(process.env.OTEL_EXPORTER_OTLP_HEADERS).toBe("x-secret=1");
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_HEADERS;
  }
});
