/** A real Jaeger with its memory storage, from a given binary, on free ports. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RealJaeger {
  readonly url: string;
  readonly otlpUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param maxTraces Of its memory storage, which drops the oldest beyond that. */
export async function startRealJaeger(binary: string, maxTraces = 1_000): Promise<RealJaeger> {
  const dir = await mkdtemp(join(tmpdir(), "baton-jaeger-"));
  const [query = 0, queryGrpc = 0, otlp = 0] = freePorts(3);
  const config = join(dir, "jaeger.yaml");
  await Bun.write(config, configuration(query, queryGrpc, otlp, maxTraces));
  const child = Bun.spawn([binary, "--config", `file:${config}`], { stdout: "ignore", stderr: "pipe" });
  await untilReady(child.stderr);
  return {
    url: `http://127.0.0.1:${query}`,
    otlpUrl: `http://127.0.0.1:${otlp}`,
    pid: child.pid,
    async stop() {
      child.kill();
      await child.exited;
      await rm(dir, { recursive: true });
    },
  };
}

function freePorts(count: number): readonly number[] {
  const taken = Array.from({ length: count }, () =>
    Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } }),
  );
  for (const listener of taken) listener.stop(true);
  return taken.map(({ port }) => port);
}

function configuration(query: number, queryGrpc: number, otlp: number, maxTraces: number): string {
  return `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
  telemetry:
    metrics: { level: none }
extensions:
  jaeger_storage:
    backends:
      memory_backend:
        memory: { max_traces: ${maxTraces} }
  jaeger_query:
    enable_tracing: false
    storage: { traces: memory_backend }
    http: { endpoint: "127.0.0.1:${query}" }
    grpc: { endpoint: "127.0.0.1:${queryGrpc}" }
receivers:
  otlp:
    protocols:
      http: { endpoint: "127.0.0.1:${otlp}" }
exporters:
  jaeger_storage_exporter: { trace_storage: memory_backend }
`;
}

/** It goes on reading afterwards: a process blocks when its pipe is full and nobody reads it. */
function untilReady(log: ReadableStream<Uint8Array>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const read = async () => {
    let said = "";
    const decoder = new TextDecoder();
    for await (const chunk of log) {
      said += decoder.decode(chunk, { stream: true });
      // The Collector, which Jaeger is built on, logs this.
      if (said.includes("Everything is ready")) resolve();
    }
    reject(new Error(`Jaeger did not start:\n${said}`));
  };
  read().catch(reject);
  return promise;
}
