/** Front and back as processes of one variant, with their CPU time and memory. */
import { readFile } from "node:fs/promises";
import type { Subprocess } from "bun";
import { freePort } from "../free-port.ts";
import { processorSecondsOf } from "./processor-time.ts";
import { sum } from "./statistics.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Long, because other work on the machine must not end a run of half an hour. */
const READY_MS = 60_000;

export interface PairOptions {
  readonly name: string;
  /** Modules that run before the services and replace their telemetry. @default None: the project's own telemetry. */
  readonly preload?: readonly string[];
  /** What to run in place of the project's own services, for a pair on another runtime. */
  readonly command?: (service: Service) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The checkout whose services run. @default This one. */
  readonly root?: string;
}

export type Service = "front" | "back";

export interface Pair {
  readonly name: string;
  readonly url: URL;
  /** User and system time of both processes so far, in seconds. */
  readonly cpuSeconds: () => number;
  /** Resident memory of both, in bytes. */
  readonly rss: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startPair({ name, preload = [], command, env = {}, root = ROOT }: PairOptions): Promise<Pair> {
  const [frontPort, backPort] = [await freePort(), await freePort()];
  const ours = (service: Service) => [
    process.execPath,
    ...preload.flatMap((module) => ["--preload", module]),
    `services/${service}/src/main.ts`,
  ];
  const run = (service: Service, own: Record<string, string>): Subprocess =>
    Bun.spawn([...(command ?? ours)(service)], {
      cwd: root,
      env: { PATH: process.env.PATH ?? "", NODE_ENV: "production", ...env, ...own },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
  const back = run("back", { BACK_PORT: String(backPort) });
  const front = run("front", { FRONT_PORT: String(frontPort), BACK_ADDRESS: `127.0.0.1:${backPort}` });
  const both = [front, back];
  const stop = async (): Promise<void> => {
    for (const service of both) service.kill("SIGTERM");
    await Promise.all(both.map((service) => service.exited));
  };
  const url = new URL(`http://127.0.0.1:${frontPort}`);
  try {
    await answers(new URL("/readyz", url), name, both);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    url,
    cpuSeconds: () => sum(both.map(({ pid }) => processorSecondsOf(pid))),
    rss: async () => sum(await Promise.all(both.map(({ pid }) => rssOf(pid)))),
    stop,
  };
}

async function answers(url: URL, name: string, services: readonly Subprocess[]): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (services.some(({ exitCode }) => exitCode !== null))
      throw new Error(`${name}: a service ended while it started`);
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await Bun.sleep(50);
  }
  throw new Error(`${name}: ${url.href} did not answer within ${READY_MS} ms`);
}

async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
