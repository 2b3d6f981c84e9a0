/** A process that can be stopped and killed, and that never outlives this one. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  /** Sends SIGTERM, and SIGKILL after a while. Safe to call twice. */
  stop(): Promise<void>;
  /** Sends SIGKILL, like a crash or a failed node. */
  kill(): Promise<void>;
  readonly isRunning: boolean;
}

export interface ProcessOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Resolves when it is ready. Rejected attempts are repeated until then. */
  readonly ready: (line: (pattern: RegExp) => Promise<string>) => Promise<unknown>;
  /** The folder of its output, in a file with its name. */
  readonly logs: string;
  /** @default 120000 */
  readonly startTimeoutMs?: number;
}

const stopTimeoutMs = 60_000;

/** Ends together with this process, where the system can do that: a killed test leaves no broker. */
const tied = Bun.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", "KILL"];

export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const { name, command, env = {}, logs, ready, startTimeoutMs = 120_000 } = options;
  const child = Bun.spawn([...tied, ...command], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = watchOutput([child.stdout, child.stderr], join(logs, `${name}.log`));
  let running = true;
  const exited = child.exited.then(() => {
    running = false;
  });
  const stop = async () => {
    if (!running) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const died = exited.then(() => Promise.reject(new Error(`${name} ended: ${output.tail()}`)));
  died.catch(() => {});
  try {
    await Promise.race([ready(output.line), died, rejectAfter(startTimeoutMs, `${name} did not serve in time`)]);
  } catch (error) {
    await kill();
    throw error;
  }
  return {
    name,
    pid: child.pid,
    stop,
    kill,
    get isRunning() {
      return running;
    },
  };
}

function rejectAfter(ms: number, message: string): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  setTimeout(() => reject(new Error(message)), ms).unref();
  return promise;
}

function watchOutput(streams: readonly ReadableStream<Uint8Array>[], path: string) {
  const file = createWriteStream(path, { flags: "a" });
  const readers = new Set<(line: string) => void>();
  const last: string[] = [];
  const take = (line: string) => {
    file.write(`${line}\n`);
    last.push(line);
    if (last.length > 20) last.shift();
    for (const reader of readers) reader(line);
  };
  for (const stream of streams) void readLines(stream, take);
  return {
    tail: () => last.join("\n"),
    line(pattern: RegExp): Promise<string> {
      const { promise, resolve } = Promise.withResolvers<string>();
      const reader = (line: string) => void (pattern.test(line) && resolve(line));
      readers.add(reader);
      for (const line of last) reader(line);
      return promise.finally(() => readers.delete(reader));
    },
  };
}

async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
}
