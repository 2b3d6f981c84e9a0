/** A service as a shell starts it, `bun run services/back`, and its log lines. */
import { fileURLToPath } from "node:url";

export type Line = Readonly<Record<string, unknown>> & { readonly level?: string; readonly msg?: string };

export interface ServiceProcess extends AsyncDisposable {
  /** Its lines so far, each a JSON object. */
  readonly lines: readonly Line[];
  /** What it wrote to standard error so far, which should be nothing. */
  readonly errors: string;
  /**
   * Resolves with the first line whose message matches, also an earlier one. Rejects when the process ends before.
   * @param from How many lines to skip. @default 0
   */
  line(message: RegExp, from?: number): Promise<Line>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code when the process has ended and all of its lines are read. */
  readonly exited: Promise<number>;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const quiet = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };

/** @param env More variables; without any, the service takes a free port and exports nothing. */
export function startService(service: "back" | "front", env: Readonly<Record<string, string>> = {}): ServiceProcess {
  return startProcess(["run", `services/${service}`], { BACK_PORT: "0", FRONT_PORT: "0", ...quiet, ...env });
}

/** @param args The arguments of bun. */
export function startProcess(args: readonly string[], env: Readonly<Record<string, string>>): ServiceProcess {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  let errors = "";
  const readErrors = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) {
      process.stderr.write(chunk);
      errors += decoder.decode(chunk, { stream: true });
    }
  })();
  const lines: Line[] = [];
  const readers = new Set<() => void>();
  const read = (async () => {
    for await (const text of linesOf(child.stdout)) {
      lines.push(JSON.parse(text));
      for (const reader of readers) reader();
    }
  })();
  const exited = Promise.all([read, readErrors]).then(() => child.exited);
  return {
    lines,
    get errors() {
      return errors;
    },
    exited,
    signal: (name) => child.kill(name),
    line(message, from = 0) {
      const { promise, resolve, reject } = Promise.withResolvers<Line>();
      const look = () => {
        const found = lines.slice(from).find(({ msg = "" }) => message.test(msg));
        if (found) resolve(found);
      };
      readers.add(look);
      look();
      void exited.then((code) => reject(new Error(`${args.at(-1)} ended with ${code} and never said ${message}`)));
      return promise.finally(() => readers.delete(look));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function* linesOf(output: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Starts back and waits until it listens. */
export async function startBack(env: Readonly<Record<string, string>> = {}) {
  const back = startService("back", env);
  const { address } = await back.line(/^back answers gRPC/);
  return Object.assign(back, { port: Number(String(address).split(":").at(-1)), address: String(address) });
}

/** Starts front and waits until it listens. */
export async function startFront(env: Readonly<Record<string, string>> = {}) {
  const front = startService("front", env);
  const { url } = await front.line(/^front answers HTTP/);
  return Object.assign(front, { url: String(url), get: (path: string) => fetch(new URL(path, String(url))) });
}
