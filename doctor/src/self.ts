/** `--self`: Baton's own two services, started as processes as anybody would, and examined like any others. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Examination, ExamineOptions, Progress } from "./examination.ts";
import { examine } from "./examine.ts";
import { UsageError } from "./target.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const START_TIMEOUT_MS = 15_000;
const FIRST_PORT = 10_000;
const PORTS = 22_000;
const ROLL = '{"player":"ann","rolls":1,"sides":6}';

interface Service extends AsyncDisposable {
  readonly pid: number;
  /** `host:port`. */
  readonly address: string;
}

/**
 * front over HTTP, whose spans show the hop to back, then back over gRPC. Each gets SIGTERM at the end.
 * @throws UsageError where the services are not there, as in the packed package.
 */
export async function examineSelf(options: Omit<ExamineOptions, "url">): Promise<readonly Examination[]> {
  if (!existsSync(`${root}/services/front`)) {
    throw new UsageError("--self: works in a clone of Baton, which has the two services. Give an address instead.");
  }
  const [http, grpc] = [freePort(), freePort()];
  const ports = { otlpHttpPort: options.otlpHttpPort ?? http, otlpGrpcPort: options.otlpGrpcPort ?? grpc };
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.otlpHttpPort}`, OTEL_BSP_SCHEDULE_DELAY: "100" };
  await using back = await start("services/back", /"address":"([\w.]+:\d+)"/, { ...env, BACK_PORT: "0" });
  const frontEnv = { ...env, FRONT_PORT: "0", BACK_ADDRESS: back.address };
  await using front = await start("services/front", /"url":"http:\/\/([\w.]+:\d+)\/?"/, frontEnv);
  // The services know already what a person would be told.
  const onProgress = (progress: Progress) => progress.kind !== "listening" && options.onProgress?.(progress);
  const common = { ...options, ...ports, onProgress };
  return [
    await examine({ ...common, url: `http://${front.address}/rolldice`, pid: front.pid }),
    await examine({
      ...common,
      url: `grpc://${back.address}/baton.dice.v1.DiceService/Roll`,
      data: ROLL,
      pid: back.pid,
    }),
  ];
}

/**
 * @param listens Finds `host:port` in the log line of JSON in which the service says where it listens.
 * @throws UsageError when it does not say so in time.
 */
async function start(path: string, listens: RegExp, env: Readonly<Record<string, string>>): Promise<Service> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OTEL_")));
  const child = Bun.spawn([process.execPath, "run", path], {
    cwd: root,
    env: { ...own, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  void (async () => {
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text = (text + chunk).slice(-10_000);
      const address = listens.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    }
    reject(new UsageError(`--self: ${path} did not start:\n${text}`));
  })();
  const address = await promise.finally(() => clearTimeout(timer));
  return {
    pid: child.pid,
    address,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/**
 * The services must know it before the receiver listens. It is below those that systems give to outgoing connections,
 * of which there are many meanwhile.
 */
function freePort(): number {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => {} } }).stop(true);
      return port;
    } catch {
      // Somebody has it.
    }
  }
}
