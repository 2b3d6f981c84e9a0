/** Front or back as a process of its own, started in the ways that a fault needs. */
import { fileURLToPath } from "node:url";
import { until } from "@baton/tools/until";
import type { Subprocess } from "bun";
import { createLogLines, type LogLines } from "./log-lines.ts";

export interface ServiceOptions {
  readonly service: "front" | "back";
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that run before the service. */
  readonly preload?: readonly string[];
  /** Arguments of Bun before the file. */
  readonly bunArguments?: readonly string[];
  /** A program and its arguments that starts the command that follows. */
  readonly through?: readonly string[];
  /** Where the log goes: it is read here, nobody reads it, or it goes to a file. @default "read" */
  readonly output?: "read" | "unread" | { readonly path: string };
}

export interface Service extends AsyncDisposable {
  readonly name: "front" | "back";
  readonly pid: number;
  readonly port: number;
  /** Whether its log is read. */
  readonly isRead: boolean;
  readonly log: LogLines;
  /** The exit code; `null` where a signal ended it. */
  readonly exited: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Resident memory in bytes; `NaN` when it has ended, which keeps no promise. */
  rss(): Promise<number>;
}

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** It stops the process when this one is gone, however it went. */
const leaveWithParent = `${root}demo/src/leave-with-parent.ts`;

export function startService(options: ServiceOptions): Service {
  const { service, port, env = {}, preload = [], bunArguments = [], through = [], output = "read" } = options;
  const preloads = [leaveWithParent, ...preload].flatMap((path) => ["--preload", path]);
  const file = `services/${service}/src/main.ts`;
  const child: Subprocess = Bun.spawn([...through, process.execPath, ...bunArguments, ...preloads, file], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? "",
      NODE_ENV: "production",
      ...env,
      [`${service.toUpperCase()}_PORT`]: String(port),
    },
    stdin: "pipe",
    stdout: typeof output === "object" ? Bun.file(output.path) : "pipe",
    stderr: "pipe",
    // A pipe is else read at once and without a limit, whether anybody wants what is in it or not.
    lazy: true,
    detached: true,
  });
  const log = createLogLines();
  const read = output === "read" && child.stdout instanceof ReadableStream ? log.follow(child.stdout) : undefined;
  const errors = child.stderr instanceof ReadableStream ? log.followErrors(child.stderr) : undefined;
  return {
    name: service,
    pid: child.pid,
    port,
    isRead: read !== undefined,
    log,
    exited: child.exited.then(async () => {
      await Promise.all([read, errors]);
      return child.exitCode;
    }),
    signal: (name) => child.kill(name),
    rss: () => rssOf(child.pid),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function rssOf(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`)
    .text()
    .catch(() => "");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Waits until front answers that it reaches back. @throws Error with the log of the service that ended. */
export async function untilReady(front: Service, back: Service): Promise<void> {
  await until(
    "front reaches back",
    async () => {
      const response = await fetch(`http://127.0.0.1:${front.port}/readyz`, { signal: AbortSignal.timeout(1000) });
      return response.ok;
    },
    { pollMs: 25, timeoutMs: 20_000 },
  ).catch((error) => {
    const said = [front, back].flatMap(({ name, log }) => log.tail().map((line) => `${name}: ${line}`));
    throw new Error([String(error), ...said].join("\n"));
  });
}
