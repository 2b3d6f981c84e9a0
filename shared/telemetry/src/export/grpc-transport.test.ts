/** Against a real gRPC server on this machine, plain, over TLS and over mutual TLS. */
import { afterAll, describe, expect, test } from "bun:test";
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import type { OtlpConfig } from "../config/otlp.ts";
import { readTelemetryConfig } from "../config.ts";
import { createGrpcTransport } from "./grpc-transport.ts";

const METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const certificates = `${import.meta.dir}/../../fixtures/certificates`;
const pem = async (name: string): Promise<Buffer> => Buffer.from(await Bun.file(`${certificates}/${name}.pem`).bytes());
const ca = { CERTIFICATE: `${certificates}/ca.pem` };
const client = { CLIENT_CERTIFICATE: `${certificates}/client.pem`, CLIENT_KEY: `${certificates}/client-key.pem` };
const body = new TextEncoder().encode("some spans ".repeat(100));
const never = new AbortController().signal;
const cleanUp: (() => void)[] = [];

afterAll(() => {
  for (const close of cleanUp) close();
});

type Handler = (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => void;

async function serve(handler: Handler, credentials = ServerCredentials.createInsecure()) {
  const received: { readonly body: Buffer; readonly metadata: Record<string, unknown> }[] = [];
  const same = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  const method = {
    path: METHOD,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  server.addService(
    { export: method },
    {
      export: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
        received.push({ body: call.request, metadata: call.metadata.getMap() });
        handler(call, reply);
      },
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("localhost:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
  cleanUp.push(() => server.forceShutdown());
  return { target: `localhost:${await promise}`, received };
}

function connect(endpoint: string, env: Readonly<Record<string, string>> = {}) {
  const prefixed = Object.entries(env).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, value]);
  const config: OtlpConfig = readTelemetryConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    ...Object.fromEntries(prefixed),
  }).config.traces.otlp;
  const transport = createGrpcTransport(config, METHOD);
  cleanUp.push(() => transport.close());
  return transport;
}

const accept: Handler = (_call, reply) => reply(null, Buffer.from("ok"));

describe("a call", () => {
  test("carries what its body was when it was handed over", async () => {
    const { target, received } = await serve(accept);
    const reused = new Uint8Array(1_000_000).fill(65);
    const sent = connect(`http://${target}`).post(reused.subarray(0, 999_000), never, 5000);
    reused.fill(66);
    await sent;
    expect(received[0]?.body.equals(Buffer.alloc(999_000, 65))).toBe(true);
  });

  test("carries the bytes and the configured headers", async () => {
    const { target, received } = await serve(accept);
    const transport = connect(`http://${target}`, { HEADERS: "x-tenant=a%20b" });
    expect(await transport.post(body, never, 5000)).toEqual({ body: Buffer.from("ok") });
    expect(new Uint8Array(received[0]?.body ?? [])).toEqual(body);
    expect(received[0]?.metadata).toMatchObject({ "x-tenant": "a b" });
    expect(received[0]?.metadata["user-agent"]).toStartWith("OTel-OTLP-Exporter-Baton/");
  });

  test("is compressed where gzip is asked for", async () => {
    const { target, received } = await serve(accept);
    expect(await connect(`http://${target}`, { COMPRESSION: "gzip" }).post(body, never, 5000)).toHaveProperty("body");
    expect(new Uint8Array(received[0]?.body ?? [])).toEqual(body);
  });
});

describe("https://opentelemetry.io/docs/specs/otlp/#failures", () => {
  const retryable: readonly (keyof typeof status)[] = [
    "CANCELLED",
    "DEADLINE_EXCEEDED",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNAVAILABLE",
    "DATA_LOSS",
  ];
  const names = Object.keys(status).filter((name) => Number.isNaN(Number(name)) && name !== "OK");
  test.each(names as (keyof typeof status)[])("%s", async (name) => {
    const { target } = await serve((_call, reply) => reply({ code: status[name], details: "no" }));
    const reply = await connect(`http://${target}`).post(body, never, 5000);
    expect(reply).toMatchObject({ ok: false, retry: retryable.includes(name), errorType: name });
  });

  test("RESOURCE_EXHAUSTED with RetryInfo is retryable after the time that it tells", async () => {
    const duration = [0x08, 2, 0x10, ...[0x80, 0xca, 0xb5, 0xee, 0x01]];
    const retryInfo = [0x0a, duration.length, ...duration];
    const type = [...Buffer.from("type.googleapis.com/google.rpc.RetryInfo")];
    const any = [0x0a, type.length, ...type, 0x12, retryInfo.length, ...retryInfo];
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from([0x08, 8, 0x1a, any.length, ...any]));
    const { target } = await serve((_call, reply) => reply({ code: status.RESOURCE_EXHAUSTED, metadata }));
    const reply = await connect(`http://${target}`).post(body, never, 5000);
    expect(reply).toMatchObject({ ok: false, retry: true, retryAfterMs: 2500 });
  });
});

describe("no answer", () => {
  test("a refused connection is retryable and unreachable", async () => {
    const reply = await connect("http://localhost:1").post(body, never, 5000);
    expect(reply).toMatchObject({ ok: false, retry: true, unreachable: true, errorType: "UNAVAILABLE" });
  });

  test("a hanging receiver is left when the time is up, or the signal aborts", async () => {
    const { target } = await serve(() => {});
    const transport = connect(`http://${target}`);
    expect(await transport.post(body, never, 50)).toMatchObject({ ok: false, errorType: "DEADLINE_EXCEEDED" });
    expect(await transport.post(body, AbortSignal.timeout(20), 60_000)).toMatchObject({ errorType: "CANCELLED" });
  });
});

describe("TLS", () => {
  test("a server is trusted by the configured authority, and by that alone", async () => {
    const pair = { cert_chain: await pem("server"), private_key: await pem("server-key") };
    const { target, received } = await serve(accept, ServerCredentials.createSsl(null, [pair]));
    expect(await connect(`https://${target}`, ca).post(body, never, 5000)).toHaveProperty("body");
    expect(await connect(target, ca).post(body, never, 5000)).toHaveProperty("body");
    expect(await connect(`https://${target}`).post(body, never, 5000)).toMatchObject({ ok: false });
    expect(await connect(target, { INSECURE: "true" }).post(body, never, 5000)).toMatchObject({ ok: false });
    expect(received).toHaveLength(2);
  });

  test("a server that asks for a client certificate gets it", async () => {
    const pair = { cert_chain: await pem("server"), private_key: await pem("server-key") };
    const { target, received } = await serve(accept, ServerCredentials.createSsl(await pem("ca"), [pair], true));
    expect(await connect(`https://${target}`, { ...ca, ...client }).post(body, never, 5000)).toHaveProperty("body");
    expect(await connect(`https://${target}`, ca).post(body, never, 5000)).toMatchObject({ ok: false });
    expect(received).toHaveLength(1);
  });

  test("without a scheme INSECURE=true means no TLS", async () => {
    const { target } = await serve(accept);
    expect(await connect(target, { INSECURE: "true" }).post(body, never, 5000)).toHaveProperty("body");
  });
});
