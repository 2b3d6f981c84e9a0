/** What arrives when a process ends without a shutdown of its telemetry, and that its end is the same as without one. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createSecureServer, createServer, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";
import { startViewer, type Viewer } from "@baton/viewer";
import { processTimeoutMs } from "../../support/stack.ts";
import { otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

setDefaultTimeout(processTimeoutMs);

const program = `${import.meta.dir}/apps/ending.ts`;

interface Ended {
  readonly code: number;
  readonly stderr: string;
  /** Lines of standard output that are not telemetry's. */
  readonly lines: readonly string[];
  /** Lines of telemetry's own, after the start line. */
  readonly reported: readonly { readonly msg: string; readonly lost: number }[];
  /** From the last thing that the program did itself, in milliseconds. */
  readonly ms: number;
}

async function run(way: string, env: Readonly<Record<string, string>>, path = program): Promise<Ended> {
  const child = Bun.spawn([process.execPath, path, way], { env, stdout: "pipe", stderr: "pipe" });
  const stderr = new Response(child.stderr).text();
  let stdout = "";
  let doneAt = 0;
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    stdout += decoder.decode(chunk, { stream: true });
    if (doneAt === 0 && stdout.includes('"msg":"done"')) doneAt = performance.now();
  }
  const code = await child.exited;
  const ms = performance.now() - doneAt;
  const isOwn = (line: string): boolean => line.includes('"name":"@baton/telemetry"');
  const all = stdout.trim().split("\n");
  return {
    code,
    stderr: await stderr,
    lines: all.filter((line) => !isOwn(line)).map((line) => line.replace(/"time":"[^"]*"/, "")),
    reported: all
      .filter(isOwn)
      .slice(1)
      .map((line) => JSON.parse(line)),
    ms,
  };
}

const ways: readonly (readonly [way: string, code: number, spans?: readonly string[]])[] = [
  ["natural end", 0],
  ["process.exitCode", 4],
  ["process.exit()", 3],
  ["process.exit() in a timer", 3],
  ["process.exit() after a shutdown that nobody awaits", 3],
  ["process.exit() a moment after a shutdown that nobody awaits", 3],
  ["process.exit() some time after a shutdown that nobody awaits", 3],
  ["uncaught exception", 1],
  ["uncaught exception in a timer", 1],
  ["unhandled rejection", 1],
  ["unhandled rejection in a timer", 1],
  ["own handler that exits", 5],
  ["own handler that goes on", 0, ["afterwards"]],
  ["SIGTERM and a handler that exits", 6],
];

describe.each(ways)("%s", (way, code, more = []) => {
  test("what ended before arrives, and the end is the same as without telemetry", async () => {
    await using sink = startOtlpSink();
    const [plain, traced] = await Promise.all([
      run(way, { ...otlpEnvironment(sink.url), OTEL_SDK_DISABLED: "true" }),
      run(way, otlpEnvironment(sink.url)),
    ]);
    // A batch that is under way at the end is sent a second time, because nobody can wait for its answer.
    expect([...new Set(sink.spans)].sort()).toEqual([...more, "span 0", "span 1", "span 2"]);
    expect([...new Set(sink.logs)]).toEqual(["done"]);
    expect(traced.reported).toEqual([]);
    expect(traced.code).toBe(code);
    for (const part of ["code", "stderr", "lines"] as const) expect(traced[part]).toEqual(plain[part]);
  });
});

test("spans after a shutdown are counted, in one line at the end", async () => {
  await using sink = startOtlpSink();
  const { code, reported } = await run("spans after a shutdown", otlpEnvironment(sink.url));
  expect([...sink.spans].sort()).toEqual(["span 0", "span 1", "span 2"]);
  const msg = "2 spans lost: made after the shutdown of telemetry";
  expect({ code, reported }).toMatchObject({ code: 3, reported: [{ lost: 2, msg }] });
});

describe("over each protocol, from a minified bundle", () => {
  let directory: string;
  let viewer: Viewer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "baton-end-"));
    viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
    await Bun.build({ entrypoints: [program], target: "bun", minify: true, outdir: directory });
  });
  afterAll(async () => {
    await viewer.stop();
    await rm(directory, { recursive: true });
  });

  test.each(["http/protobuf", "http/json", "grpc"])("%s", async (protocol) => {
    const url = protocol === "grpc" ? viewer.otlpGrpcUrl : viewer.otlpUrl;
    const service = protocol.replace("/", "-");
    const env = { ...otlpEnvironment(url), OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_SERVICE_NAME: service };
    const { code, reported } = await run("process.exit()", env, join(directory, "ending.js"));
    expect({ code, reported }).toEqual({ code: 3, reported: [] });
    const answer = await fetch(`${viewer.url}/api/traces?service=${service}`);
    const { data } = (await answer.json()) as { data: { spans: { operationName: string }[] }[] };
    const names = data.flatMap(({ spans }) => spans.map(({ operationName }) => operationName));
    expect(names.sort()).toEqual(["span 0", "span 1", "span 2"]);
  });
});

describe("with TLS and headers", () => {
  const certificates = join(root, "shared/telemetry/fixtures/certificates");
  const pem = (name: string) => readFileSync(join(certificates, `${name}.pem`));
  const env = {
    OTEL_EXPORTER_OTLP_CERTIFICATE: join(certificates, "ca.pem"),
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=s3cret",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_METRICS_EXPORTER: "none",
  };

  test("over HTTP", async () => {
    const keys: (string | null)[] = [];
    await using server = Bun.serve({
      port: 0,
      hostname: "localhost",
      tls: { cert: pem("server"), key: pem("server-key") },
      fetch: ({ headers }) => {
        keys.push(headers.get("api-key"));
        return Response.json({});
      },
    });
    const { reported } = await run("process.exit()", {
      ...otlpEnvironment(`https://localhost:${server.port}`),
      ...env,
    });
    expect({ keys, reported }).toEqual({ keys: ["s3cret"], reported: [] });
  });

  test("over gRPC", async () => {
    const keys: unknown[] = [];
    const server = createSecureServer({ cert: pem("server"), key: pem("server-key") });
    server.on("stream", (stream: ServerHttp2Stream, headers) => {
      keys.push(headers["api-key"]);
      stream.respond({ ":status": 200, "content-type": "application/grpc", "grpc-status": 0 }, { endStream: true });
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const protocol = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    const { reported } = await run("process.exit()", { ...otlpEnvironment(url), ...env, ...protocol });
    server.close();
    expect({ keys, reported }).toEqual({ keys: ["s3cret"], reported: [] });
  });
});

describe("a receiver that does not take them: the end comes in time and says what was lost", () => {
  const onlySpans = { OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };

  test.each(["process.exit()", "natural end", "uncaught exception"])("hangs, at %s", async (way) => {
    await using sink = startOtlpSink("hang");
    const { reported, ms } = await run(way, { ...otlpEnvironment(sink.url), ...onlySpans });
    expect(reported).toMatchObject([
      { lost: 3, msg: expect.stringContaining("shutdown timed out before they were sent") },
    ]);
    // Without a limit it would be the ten seconds of the exporter.
    expect(ms).toBeLessThan(8000);
  });

  test("OTEL_BSP_EXPORT_TIMEOUT makes the wait shorter", async () => {
    await using sink = startOtlpSink("hang");
    const { reported, ms } = await run("process.exit()", {
      ...otlpEnvironment(sink.url),
      ...onlySpans,
      OTEL_BSP_EXPORT_TIMEOUT: "100",
    });
    expect(reported).toMatchObject([{ lost: 3 }]);
    expect(ms).toBeLessThan(2000);
  });

  const rejectsTwo = { partialSuccess: { rejectedSpans: "2", errorMessage: "old" } };
  test.each([
    ["400", () => new Response("bad span", { status: 400 }), 3, "HTTP 400 Bad Request: bad span"],
    ["503", () => new Response(null, { status: 503 }), 3, "the receiver is busy or not ready"],
    ["a redirect", () => Response.redirect("http://localhost:1/", 307), 3, "HTTP 307"],
    ["a partial success", () => Response.json(rejectsTwo), 2, "the receiver rejected 2 (old)"],
    ["a web page", () => new Response("<html>"), 3, "the server is not an OTLP receiver"],
    ["too long an answer", () => new Response(new Uint8Array(6 * 1024 * 1024)), 3, "the answer is too long"],
  ])("HTTP: %s", async (_, answer, lost, reason) => {
    const server = Bun.serve({ port: 0, hostname: "localhost", fetch: answer });
    const { code, reported } = await run("process.exit()", {
      ...otlpEnvironment(`http://localhost:${server.port}`),
      ...onlySpans,
    });
    await server.stop(true);
    expect({ code, reported }).toMatchObject({ code: 3, reported: [{ lost, msg: expect.stringContaining(reason) }] });
  });

  test.each(["http/protobuf", "grpc"])("nobody listens, over %s", async (protocol) => {
    const env = { ...otlpEnvironment("http://localhost:1"), ...onlySpans, OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
    const { code, reported } = await run("process.exit()", env);
    const msg = expect.stringContaining("connection refused");
    expect({ code, reported }).toMatchObject({ code: 3, reported: [{ lost: 3, msg }] });
  });

  test("gRPC: a connection that is closed without an answer", async () => {
    const server = createTcpServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const env = { ...otlpEnvironment(url), ...onlySpans, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    const { code, reported } = await run("process.exit()", env);
    server.close();
    const msg = expect.stringMatching(/ended without an answer|closed without an answer/);
    expect({ code, reported }).toMatchObject({ code: 3, reported: [{ lost: 3, msg }] });
  });

  test("gRPC: an address to which nothing can be sent does not keep the log records of another back", async () => {
    await using sink = startOtlpSink();
    const { code, reported } = await run("process.exit()", {
      ...otlpEnvironment(sink.url),
      OTEL_METRICS_EXPORTER: "none",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "localhost:99999",
    });
    expect({ code, reported }).toMatchObject({ code: 3, reported: [{ lost: 3 }] });
    expect(reported[0]?.msg).not.toContain("timed out");
    expect(sink.logs).toEqual(["done"]);
  });

  test.each([
    [
      "a status",
      { ":status": 200, "grpc-status": 16, "grpc-message": "who are you, Zo%C3%AB?" },
      "UNAUTHENTICATED: who are you, Zoë?",
    ],
    [
      "a message that is not percent-encoded",
      { ":status": 200, "grpc-status": 8, "grpc-message": "the disk is 100% full" },
      "RESOURCE_EXHAUSTED: the disk is 100% full",
    ],
    ["no gRPC", { ":status": 404 }, "HTTP 404"],
    ["no status", { ":status": 200 }, "the call was ended without an answer"],
  ])("gRPC: %s", async (_, head, reason) => {
    const server = createServer().on("stream", (stream: ServerHttp2Stream) => {
      stream.respond(head, { endStream: true });
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const env = { ...otlpEnvironment(url), ...onlySpans, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    const { code, reported } = await run("process.exit()", env);
    server.close();
    expect({ code, reported }).toMatchObject({
      code: 3,
      reported: [{ lost: 3, msg: expect.stringContaining(reason) }],
    });
  });
});
