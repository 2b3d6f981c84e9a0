/** All three signals over each protocol, to real receivers on this machine. */
import { afterAll, describe, expect, test } from "bun:test";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import type { StartedTelemetry } from "../start.ts";
import { startTelemetry } from "../start.ts";

const cleanUp: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of cleanUp) await close();
});

interface Receiver {
  readonly url: string;
  /** What arrived, by path, as text. */
  readonly received: Map<string, string>;
}

function startHttp(answer: (path: string) => Response): Receiver {
  const received = new Map<string, string>();
  const server = Bun.serve({
    port: 0,
    fetch: async (request) => {
      const path = new URL(request.url).pathname;
      received.set(path, Buffer.from(await request.bytes()).toString("latin1"));
      return answer(path);
    },
  });
  cleanUp.push(() => server.stop(true));
  return { url: `http://localhost:${server.port}`, received };
}

async function startGrpc(): Promise<Receiver> {
  const received = new Map<string, string>();
  const server = new Server();
  const same = (bytes: Buffer): Buffer => bytes;
  for (const [folder, service] of [
    ["trace", "Trace"],
    ["metrics", "Metrics"],
    ["logs", "Logs"],
  ]) {
    const path = `/opentelemetry.proto.collector.${folder}.v1.${service}Service/Export`;
    const codec = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    server.addService(
      { export: { path, requestStream: false, responseStream: false, ...codec } },
      {
        export: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
          received.set(path, call.request.toString("latin1"));
          reply(null, Buffer.alloc(0));
        },
      },
    );
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("localhost:0", ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  cleanUp.push(() => server.forceShutdown());
  return { url: `http://localhost:${await promise}`, received };
}

function start(env: Readonly<Record<string, string>>): { telemetry: StartedTelemetry; lines: string[] } {
  const lines: string[] = [];
  const telemetry = startTelemetry({
    serviceName: "a shop",
    register: false,
    env,
    onReport: (_level, message) => void lines.push(message),
  });
  return { telemetry, lines };
}

async function sendOneOfEach(telemetry: StartedTelemetry): Promise<void> {
  telemetry.tracer.startSpan("a span").end();
  telemetry.meter.createCounter("a counter").add(1);
  telemetry.logger.emit({ body: "a record" });
  await telemetry.shutdown();
}

describe("OTEL_EXPORTER_OTLP_PROTOCOL", () => {
  test.each(["http/protobuf", "http/json"])("%s", async (protocol) => {
    const { url, received } = startHttp(() => new Response());
    const { telemetry, lines } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    await sendOneOfEach(telemetry);
    expect([...received.keys()].sort()).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"]);
    expect(received.get("/v1/traces")).toContain("a span");
    expect(received.get("/v1/metrics")).toContain("a counter");
    expect(received.get("/v1/logs")).toContain("a record");
    for (const body of received.values()) {
      expect(body).toContain("a shop");
      expect(body.startsWith("{")).toBe(protocol === "http/json");
    }
    expect(lines).toHaveLength(1);
  });

  test("grpc", async () => {
    const { url, received } = await startGrpc();
    const { telemetry, lines } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
    await sendOneOfEach(telemetry);
    const service = (folder: string, name: string) =>
      `/opentelemetry.proto.collector.${folder}.v1.${name}Service/Export`;
    expect(received.get(service("trace", "Trace"))).toContain("a span");
    expect(received.get(service("metrics", "Metrics"))).toContain("a counter");
    expect(received.get(service("logs", "Logs"))).toContain("a record");
    expect(lines).toHaveLength(1);
  });

  test("each signal can have its own", async () => {
    const http = startHttp(() => new Response());
    const grpc = await startGrpc();
    const { telemetry } = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: http.url,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: grpc.url,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${http.url}/elsewhere`,
    });
    await sendOneOfEach(telemetry);
    expect([...http.received.keys()].sort()).toEqual(["/elsewhere", "/v1/metrics"]);
    expect([...grpc.received.values()]).toEqual([expect.stringContaining("a span")]);
  });
});

describe("https://opentelemetry.io/docs/specs/otlp/#partial-success", () => {
  const lossLine = "Cannot send spans to";
  // ExportTracePartialSuccess { rejected_spans = 1, error_message = "old" } in field 1 of the response.
  const protobuf = new Uint8Array([0x0a, 7, 0x08, 1, 0x12, 3, ...Buffer.from("old")]);
  const json = JSON.stringify({ partialSuccess: { rejectedSpans: "1", errorMessage: "old" } });
  test.each([
    ["http/protobuf", protobuf, true],
    ["http/json", json, true],
    ["http/protobuf", new Uint8Array([0x0a, 0]), false],
    ["http/json", "{}", false],
    ["http/protobuf", "{}", false],
  ])("%s %p: logged as a loss: %p", async (protocol, answer, loss) => {
    const { url } = startHttp(() => new Response(answer));
    const { telemetry, lines } = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    });
    telemetry.tracer.startSpan("a span").end();
    await telemetry.shutdown();
    const losses = lines.filter((line) => line.startsWith(lossLine));
    expect(losses).toHaveLength(loss ? 1 : 0);
    if (loss) expect(losses[0]).toContain("the receiver rejected 1 (old)");
  });
});

describe("OTEL_*_EXPORTER=console", () => {
  test("prints what would be sent", async () => {
    const script = `
      const { startTelemetry } = await import("${import.meta.dir}/../index.ts");
      const telemetry = startTelemetry({ serviceName: "a shop" });
      telemetry.tracer.startSpan("a span").end();
      telemetry.meter.createCounter("a counter").add(1);
      telemetry.logger.emit({ body: "a record" });
      await telemetry.shutdown();`;
    const env = { OTEL_TRACES_EXPORTER: "console", OTEL_METRICS_EXPORTER: "console", OTEL_LOGS_EXPORTER: "console" };
    const child = Bun.spawn([process.execPath, "-e", script], { env: { ...process.env, ...env }, stderr: "inherit" });
    const output = await child.stdout.text();
    expect(await child.exited).toBe(0);
    for (const name of ["a span", "a counter", "a record"]) expect(output).toContain(name);
  });
});
