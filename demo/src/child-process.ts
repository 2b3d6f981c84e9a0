/** One process that the demo starts. It is watched until it is ready, stopped in order, and never outlives the demo. */
import { fileURLToPath } from "node:url";
import { createOutputTail } from "./output-tail.ts";

export interface ChildProcessOptions {
  /** Its name in messages. */
  readonly name: string;
  /** The workspace to run, from the root of the project: `services/back`. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** Returns the address that the process listens on, from the line of output that names it. */
  readonly readUrl: (line: string) => string | undefined;
  /** Milliseconds until the process must have said where it listens. @default 15000 */
  readonly startTimeoutMs?: number;
}

export interface ChildProcess {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, from its own output. */
  readonly url: string;
  /** Resolves when the process is gone, whatever the reason. */
  readonly exited: Promise<ProcessExit>;
  /** Sends SIGTERM, and SIGKILL if the process has not ended after 12 s. Safe to call twice. */
  stop(): Promise<ProcessExit>;
  /** Sends SIGKILL. */
  kill(): Promise<ProcessExit>;
  /** The last lines of its output. */
  output(): readonly string[];
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | number | null;
}

/** A process ended, or did not get ready, although it should be running. */
export class ProcessFailedError extends Error {
  override readonly name = "ProcessFailedError";
  readonly output: readonly string[];

  constructor(name: string, reason: string, output: readonly string[]) {
    super(`${name} ${reason}`);
    this.output = output;
  }
}

/** The root of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Longer than the 10 s in which the services stop by themselves. */
const stopTimeoutMs = 12_000;

/** @throws ProcessFailedError when the process ends, or the time is over, before it listens. */
export async function startChildProcess({
  name,
  path,
  env,
  readUrl,
  startTimeoutMs = 15_000,
}: ChildProcessOptions): Promise<ChildProcess> {
  const process_ = spawn(path, env);
  const tail = createOutputTail();
  const announced = Promise.withResolvers<string>();
  const onLine = (line: string) => {
    const url = readUrl(line);
    if (url !== undefined) announced.resolve(url);
  };
  const outputRead = Promise.all([tail.follow(process_.stdout, onLine), tail.follow(process_.stderr, onLine)]);
  const exited = (async () => {
    await process_.exited;
    await outputRead;
    return { code: process_.exitCode, signal: process_.signalCode };
  })();
  const stop = async () => {
    process_.kill("SIGTERM");
    const timer = setTimeout(() => process_.kill("SIGKILL"), stopTimeoutMs);
    const exit = await exited;
    clearTimeout(timer);
    return exit;
  };
  const kill = () => {
    process_.kill("SIGKILL");
    return exited;
  };
  const timer = setTimeout(
    () => announced.reject(new ProcessFailedError(name, `did not start within ${startTimeoutMs} ms`, tail.lines())),
    startTimeoutMs,
  );
  void exited.then((exit) => announced.reject(new ProcessFailedError(name, describeExit(exit), tail.lines())));
  try {
    const url = await announced.promise;
    return { name, pid: process_.pid, url, exited, stop, kill, output: tail.lines };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** "ended with exit code 1" or "was ended by SIGKILL". */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

/**
 * `detached`: a Ctrl+C in the terminal must not reach the process, because the demo decides which process stops when.
 * The preloaded file stops the process when the demo was killed and can decide nothing.
 */
function spawn(path: string, env: Readonly<Record<string, string>>) {
  return Bun.spawn(
    [process.execPath, "run", "--preload", fileURLToPath(new URL("leave-with-parent.ts", import.meta.url)), path],
    { cwd: root, env: { ...env }, stdin: "pipe", stdout: "pipe", stderr: "pipe", detached: true },
  );
}
