/** A real Jaeger, and a real OpenTelemetry Collector, as processes. BATON_REAL_JAEGER is the path of a binary that is both. */
import { until } from "@baton/tools/until";
import { sum } from "../bench/statistics.ts";
import { freePort } from "../free-port.ts";
import { root } from "./service.ts";

/** `undefined` where none is named. */
export const realJaeger = findJaeger(process.env.BATON_REAL_JAEGER);

/** @throws Error where one is named that is not there: its rows must not be missing without a word. */
export function findJaeger(binary = ""): string | undefined {
  const found = Bun.which(binary);
  if (binary !== "" && found === null) throw new Error(`BATON_REAL_JAEGER names no program: ${binary}`);
  return found ?? undefined;
}

export interface RealBackend extends AsyncDisposable {
  /** Where it takes OTLP over HTTP. */
  readonly url: string;
  /** How many spans it has stored. `undefined`: it stores none, and sends all to another receiver. */
  readonly stored: (() => Promise<number>) | undefined;
  signal(name: NodeJS.Signals): void;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
}

/** The part of Jaeger's answer that is counted. */
interface Found {
  readonly data: readonly { readonly spans: readonly unknown[] }[];
}

/** @param nextUrl Where it sends what it takes. */
export function startCollector(binary: string, nextUrl: string): Promise<RealBackend> {
  return start([binary, "--config", `file:${root}tools/faults/collector.yaml`], { NEXT_URL: nextUrl });
}

/** All in one, in memory. */
export async function startJaeger(binary: string): Promise<RealBackend> {
  const queryPort = await freePort();
  const env = { QUERY_PORT: String(queryPort), HEALTH_PORT: "0" };
  const search = `http://127.0.0.1:${queryPort}/api/traces?service=front&limit=10000&lookback=1h`;
  const stored = async (): Promise<number> => {
    const { data } = (await (await fetch(search)).json()) as Found;
    return sum(data.map(({ spans }) => spans.length));
  };
  return await start([binary, "--config", `file:${root}.ci/jaeger.yaml`], env, stored);
}

async function start(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  stored?: () => Promise<number>,
): Promise<RealBackend> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const spawn = () =>
    Bun.spawn([...command], {
      env: { OTLP_HTTP_PORT: String(port), ...env },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
  let child = spawn();
  const ready = (): Promise<unknown> =>
    until("it answers", async () => {
      const { status } = await fetch(`${url}/v1/traces`, { signal: AbortSignal.timeout(1000) });
      return status > 0;
    });
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
    stored,
    kill,
    signal: (name) => child.kill(name),
    async restart() {
      child = spawn();
      await ready();
    },
    [Symbol.asyncDispose]: kill,
  };
}
