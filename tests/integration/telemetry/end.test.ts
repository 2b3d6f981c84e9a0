/** What a process exports when it gets a signal to stop, and how long that takes, whatever the receiver does. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";
import { processTimeoutMs } from "../../support/stack.ts";
import { type OtlpSink, otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

setDefaultTimeout(processTimeoutMs);

interface Ended {
  readonly code: number;
  /** From the signal to the end. */
  readonly ms: number;
  /** Lines of telemetry's own, after the start line. */
  readonly reported: readonly { readonly msg: string; readonly lost?: number; readonly target?: string }[];
}

/** Starts the app, waits until it has ended its spans, sends SIGTERM and waits for the end. */
async function run(url: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/service.ts`, ...args], {
    env: { ...otlpEnvironment(url), ...env },
    stdout: "pipe",
    stderr: "inherit",
  });
  let output = "";
  let signalledAt = 0;
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    output += decoder.decode(chunk, { stream: true });
    if (signalledAt === 0 && output.includes('"msg":"ready"')) {
      signalledAt = performance.now();
      child.kill("SIGTERM");
    }
  }
  const code = await child.exited;
  const ms = performance.now() - signalledAt;
  const lines = output.trim().split("\n");
  const reported = lines.map((line) => JSON.parse(line)).filter((line) => line.name === "@baton/telemetry");
  return { code, ms, reported: reported.slice(1) };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `span ${index}`);
}

describe("SIGTERM and an awaited shutdown", () => {
  test("deliver every ended span, the log records and the metrics", async () => {
    await using sink = startOtlpSink();
    const { code, reported } = await run(sink.url, ["1500"]);
    expect(sink.spans).toEqual(names(1500));
    expect(sink.logs).toEqual(["ready"]);
    expect(sink.metrics).toContain("otel.sdk.span.started");
    expect({ code, reported }).toEqual({ code: 0, reported: [] });
  });

  test("deliver every ended span over http/protobuf", async () => {
    await using server = protobufSink();
    const { code } = await run(server.url, ["3"], { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" });
    expect(code).toBe(0);
    for (const name of names(3)) expect(server.bytes()).toContain(name);
  });

  test("deliver when the receiver first asks to come back", async () => {
    await using sink = startOtlpSink("once");
    const { code } = await run(sink.url, ["5"], { OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" });
    expect(code).toBe(0);
    expect(sink.spans).toEqual(names(5));
    expect(sink.requests).toEqual(["/v1/traces", "/v1/traces"]);
  });
});

test("a script that ends by itself delivers too", async () => {
  await using sink = startOtlpSink();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/natural-end.ts`], {
    env: otlpEnvironment(sink.url),
    stdout: "ignore",
    stderr: "inherit",
  });
  expect(await child.exited).toBe(0);
  expect(sink.spans).toEqual(["span"]);
  expect(sink.logs).toEqual(["done"]);
  expect(sink.metrics).not.toEqual([]);
});

describe("a script that ends by itself with a batch under way ends in its time, and every span is counted", () => {
  const onlySpans = { OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };
  const expectEnd = async (url: string, env: Record<string, string> = {}): Promise<void> => {
    // Five batches.
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/ending.ts`, "natural end", "2500"], {
      env: { ...otlpEnvironment(url), ...onlySpans, ...env },
      stdout: "pipe",
      stderr: "inherit",
    });
    const startedAt = performance.now();
    const lines = (await child.stdout.text()).trim().split("\n");
    expect(await child.exited).toBe(0);
    // A flush takes two and a half seconds, the timeout of the exporter ten.
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ lost: 2500 });
  };

  test("nobody listens", () => expectEnd("http://localhost:1"));

  test.each([
    ["asks to wait", () => new Response(null, { status: 503, headers: { "retry-after": "30" } })],
    ["never answers", () => new Promise<Response>(() => {})],
  ])("a receiver that %s", async (_, answer) => {
    await using server = Bun.serve({ port: 0, hostname: "localhost", idleTimeout: 0, fetch: answer });
    await expectEnd(`http://localhost:${server.port}`);
  });

  test("a receiver that never answers over gRPC: after the timeout of one call, not of each", async () => {
    await using server = await startHangingGrpc();
    await expectEnd(server.url, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_TIMEOUT: "2000" });
  });
});

describe("a receiver that is not there, refuses or hangs: the end comes in time and says what was lost", () => {
  const expectLoss = ({ code, reported }: Ended, count: number): void => {
    expect(code).toBe(0);
    const spans = reported.filter(({ target }) => target?.endsWith("/v1/traces"));
    expect(spans.at(-1)?.lost).toBe(count);
    expect(spans.at(-1)?.msg).toContain(`${count} spans lost`);
    // One line when it begins and one at the end, however many batches there were.
    expect(spans.length).toBeLessThanOrEqual(2);
  };

  test("a port without a listener", async () => {
    const ended = await run("http://localhost:1", ["1500"]);
    expectLoss(ended, 1500);
    expect(ended.ms).toBeLessThan(4000);
  });

  test.each(["hang", "unavailable"] as const)("%s", async (mode) => {
    await using sink: OtlpSink = startOtlpSink(mode);
    const ended = await run(sink.url, ["1500", "500"]);
    expectLoss(ended, 1500);
    expect(ended.ms).toBeLessThan(3000);
  });
});

const certificates = join(root, "shared/telemetry/fixtures/certificates");
/** Of an authority that nobody trusts. */
const untrusted = {
  cert: Bun.file(join(certificates, "server.pem")),
  key: Bun.file(join(certificates, "server-key.pem")),
};

/** What a receiver does with the bytes of a connection. */
const faults: Readonly<Record<string, Bun.SocketHandler<undefined>>> = {
  "never answers": { data: () => {} },
  "answers byte by byte": {
    data: (socket) => {
      const head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
      socket.write(head);
      const timer = setInterval(() => (socket.readyState > 0 ? socket.write("x") : clearInterval(timer)), 50);
    },
  },
  "resets in the middle": { data: (socket) => void socket.terminate() },
  "closes at once": { open: (socket) => void socket.end(), data: () => {} },
};

describe.each(["http/protobuf", "grpc"])("over %s the end comes in its time, and every span is counted", (protocol) => {
  // Half a second, so that a slow machine does not matter: without a limit it would be ten.
  const args = ["1500", "500"];
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
  const expectEnd = ({ code, ms, reported }: Ended): void => {
    expect(code).toBe(0);
    const spans = reported.filter(({ msg }) => msg.includes("spans"));
    expect(spans.at(-1)?.lost).toBe(1500);
    expect(ms).toBeLessThan(3000);
  };

  test.each(Object.keys(faults))("a receiver that %s", async (fault) => {
    using server = Bun.listen({ hostname: "localhost", port: 0, socket: faults[fault] ?? { data: () => {} } });
    expectEnd(await run(`http://localhost:${server.port}`, args, env));
  });

  test("a receiver that speaks TLS and is not trusted", async () => {
    await using server = Bun.serve({ port: 0, hostname: "localhost", tls: untrusted, fetch: () => new Response() });
    expectEnd(await run(`https://localhost:${server.port}`, args, env));
  });

  test("a name that does not resolve", async () => {
    expectEnd(await run("http://nowhere.invalid:4318", args, env));
  });

  // Packets to this network are never answered. @see https://www.rfc-editor.org/rfc/rfc5737
  test("an address that nobody has", async () => {
    expectEnd(await run("http://192.0.2.1:4318", args, env));
  });
});

/** The export begins with the first span, not with the shutdown. */
const atOnce = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1" };

test.each([
  ["http/json", "hang", {}],
  ["http/json", "hang", atOnce],
  ["http/json", "unavailable", {}],
  ["grpc", "hang", {}],
  ["grpc", "hang", atOnce],
] as const)("a process with nothing left to do ends with its shutdown: %s, %s, %j", async (protocol, mode, env) => {
  await using sink = protocol === "grpc" ? await startHangingGrpc() : startOtlpSink(mode);
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/brief.ts`], {
    env: { ...otlpEnvironment(sink.url), OTEL_EXPORTER_OTLP_PROTOCOL: protocol, ...env },
    stdout: "ignore",
    stderr: "inherit",
  });
  const startedAt = performance.now();
  expect(await child.exited).toBe(0);
  // The shutdown takes three seconds, the stock exporter's own timeout ten.
  expect(performance.now() - startedAt).toBeLessThan(6000);
});

async function startHangingGrpc() {
  const server = createServer().listen(0, "localhost");
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

function protobufSink() {
  const bodies: Buffer[] = [];
  const server = Bun.serve({
    port: 0,
    fetch: async (request) => {
      if (new URL(request.url).pathname === "/v1/traces") bodies.push(Buffer.from(await request.bytes()));
      return new Response();
    },
  });
  return {
    url: `http://localhost:${server.port}`,
    bytes: () => Buffer.concat(bodies).toString("latin1"),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
