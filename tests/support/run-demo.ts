/** `bun run demo` as a person runs it, on ports of the test. */
import { createServer, type Server } from "node:net";
import { root } from "@baton/demo/child-process";

export interface DemoRun {
  readonly pid: number;
  /** Its output so far. */
  output(): string;
  /** Resolves as soon as the output matches, with the match. @throws Error with the output, when it ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** The exit code, when it is over; `null` when a signal ended it. */
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

export type DemoPorts = Readonly<Record<"front" | "back" | "query" | "otlpHttp" | "otlpGrpc", number>>;

/** The demo starts a viewer, also when the tests themselves use another backend, unless `env` names one. */
export function runDemo(
  args: readonly string[],
  ports: DemoPorts,
  env: Readonly<Record<string, string>> = {},
): DemoRun {
  const { BATON_QUERY_URL, OTEL_EXPORTER_OTLP_ENDPOINT, ...inherited } = process.env;
  const child = Bun.spawn([process.execPath, "run", "demo", ...args], {
    cwd: root,
    env: { ...inherited, ...portVariables(ports), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const waiting = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      for (const look of waiting) look();
    }
  };
  const done = Promise.all([read(child.stdout), read(child.stderr), child.exited]);
  return {
    pid: child.pid,
    output: () => text,
    waitFor(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        const match = pattern.exec(text);
        if (match !== null) resolve(match);
      };
      waiting.add(look);
      look();
      void done.then(() => reject(new Error(`the demo ended and never said ${pattern}:\n${text}`)));
      // A test that timed out does not wait any more.
      promise.catch(() => {});
      return promise.finally(() => waiting.delete(look));
    },
    exited: done.then(() => child.exitCode),
    kill: (signal) => child.kill(signal),
  };
}

/** The variables that set the ports of the demo. */
export function portVariables({ front, back, query, otlpHttp, otlpGrpc }: DemoPorts): Readonly<Record<string, string>> {
  return {
    FRONT_PORT: String(front),
    BACK_PORT: String(back),
    VIEWER_PORT: String(query),
    VIEWER_OTLP_HTTP_PORT: String(otlpHttp),
    VIEWER_OTLP_GRPC_PORT: String(otlpGrpc),
  };
}

export interface TakenPort extends AsyncDisposable {
  readonly port: number;
}

/** A port on which another program listens that speaks neither HTTP nor gRPC. */
export async function takePort(): Promise<TakenPort> {
  const server: Server = createServer((socket) => socket.destroy());
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  };
}
