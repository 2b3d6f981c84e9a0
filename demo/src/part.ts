/** One process of the demo: started, watched until it is ready, stopped in order, and never left behind. */
import { fileURLToPath } from "node:url";
import { createOutputTail } from "./output-tail.ts";

export interface PartOptions {
  /** What it is called on the screen. */
  readonly name: string;
  /** The workspace to run, from the root of the project: `services/back`. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** Finds in a line of output the address that the process listens on. */
  readonly readUrl: (line: string) => string | undefined;
  /** How long it may take until it says where it listens. @default 15000 */
  readonly startTimeoutMs?: number;
}

export interface Part {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, as it said itself. */
  readonly url: string;
  /** Resolves when the process is gone, whatever the reason. */
  readonly exited: Promise<PartExit>;
  /** SIGTERM, and SIGKILL if it is still there after the time that it may take. Safe to call twice. */
  stop(): Promise<PartExit>;
  /** SIGKILL. */
  kill(): Promise<PartExit>;
  /** The end of what it wrote. */
  output(): readonly string[];
}

export interface PartExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | number | null;
}

/** A process that ended, or did not get ready, when it should have been running. */
export class PartFailedError extends Error {
  override readonly name = "PartFailedError";
  readonly part: string;
  readonly output: readonly string[];

  constructor(part: string, reason: string, output: readonly string[]) {
    super(`${part} ${reason}`);
    this.part = part;
    this.output = output;
  }
}

/** The root of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A process gets this long after SIGTERM: the 10 s that the services allow themselves, and some more. */
const stopTimeoutMs = 12_000;

/** @throws PartFailedError when the process ends, or says nothing in time, before it listens. */
export async function startPart({ name, path, env, readUrl, startTimeoutMs = 15_000 }: PartOptions): Promise<Part> {
  const process_ = spawnPart(path, env);
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
    () => announced.reject(new PartFailedError(name, `did not start within ${startTimeoutMs} ms`, tail.lines())),
    startTimeoutMs,
  );
  void exited.then((exit) => announced.reject(new PartFailedError(name, describeExit(exit), tail.lines())));
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

/** In words: "ended with exit code 1" or "was ended by SIGKILL". */
export function describeExit({ code, signal }: PartExit): string {
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

/**
 * `detached` keeps the terminal's Ctrl+C from the process: the demo alone decides who stops when. The preloaded file
 * makes up for it when the demo cannot decide any more.
 */
function spawnPart(path: string, env: Readonly<Record<string, string>>) {
  return Bun.spawn(
    [process.execPath, "run", "--preload", fileURLToPath(new URL("leave-with-parent.ts", import.meta.url)), path],
    { cwd: root, env: { ...env }, stdin: "pipe", stdout: "pipe", stderr: "pipe", detached: true },
  );
}
