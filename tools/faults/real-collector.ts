/** A real OpenTelemetry Collector as a process: a Jaeger v2 is one. BATON_REAL_JAEGER is the path of its binary. */
import { until } from "@baton/tools/until";
import { freePort, root } from "./service.ts";

/** `undefined` where there is none. */
export const realCollector = Bun.which(process.env.BATON_REAL_JAEGER ?? "") ?? undefined;

export interface Collector extends AsyncDisposable {
  /** Where it takes OTLP over HTTP. */
  readonly url: string;
  signal(name: NodeJS.Signals): void;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
}

/** @param nextUrl Where it sends what it takes. */
export async function startCollector(binary: string, nextUrl: string): Promise<Collector> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const spawn = () =>
    Bun.spawn([binary, "--config", `file:${root}tools/faults/collector.yaml`], {
      env: { OTLP_HTTP_PORT: String(port), NEXT_URL: nextUrl },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
  let child = spawn();
  const ready = (): Promise<unknown> =>
    until(
      "the Collector answers",
      async () => (await fetch(`${url}/v1/traces`, { signal: AbortSignal.timeout(1000) })).status > 0,
    );
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  await ready().catch(async (error) => {
    await kill();
    throw error;
  });
  return {
    url,
    kill,
    signal: (name) => child.kill(name),
    async restart() {
      child = spawn();
      await ready();
    },
    [Symbol.asyncDispose]: kill,
  };
}
