/** Senders, and receivers over HTTP and gRPC on this machine that answer as a test says. */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { readTelemetryConfig } from "../config.ts";
import { createTraceExporter } from "./otlp.ts";
import { MAX_ASKED_MS } from "./retry.ts";
import { createSender, type Sender } from "./sender.ts";

export const cleanUp: (() => unknown)[] = [];
/** Stops everything that a test file has started. */
export async function closeAll(): Promise<void> {
  for (const close of cleanUp) await close();
}

export function connect(endpoint: string, env: Readonly<Record<string, string>> = {}, holdMs = MAX_ASKED_MS) {
  const { config } = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env });
  const { otlp } = config.traces;
  const begun = new AbortController();
  const timeIsUp = new AbortController();
  const timeLeftMs = (): number => (begun.signal.aborted ? 3000 : Number.POSITIVE_INFINITY);
  const stopping = { begun: begun.signal, timeIsUp: timeIsUp.signal, timeLeftMs };
  const sender: Sender<ReadableSpan[]> = createSender({
    create: (closed) => createTraceExporter(otlp, closed),
    destination: { signal: "TRACES", otlp },
    stopping,
    holdMs,
  });
  cleanUp.push(() => sender.close());
  return { sender, begun, timeIsUp };
}

export function serve(answer: (index: number, body: Uint8Array) => Response | Promise<Response>) {
  let requests = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "localhost",
    idleTimeout: 0,
    fetch: async (request) => {
      const body = await request.bytes();
      requests += 1;
      return answer(requests - 1, body);
    },
  });
  cleanUp.push(() => server.stop(true));
  return { url: `http://localhost:${server.port}`, requests: () => requests };
}

type Handler = (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => void;

export async function serveGrpc(handler: Handler) {
  let requests = 0;
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
        requests += 1;
        handler(call, reply);
      },
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("localhost:0", ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  cleanUp.push(() => server.forceShutdown());
  return { url: `http://localhost:${await promise}`, requests: () => requests };
}

export const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
export const delivered = { ok: true, rejected: 0, reason: "" } as const;
export const never = () => new Promise<Response>(() => {});
