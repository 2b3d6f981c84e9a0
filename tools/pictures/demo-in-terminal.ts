/** `bun run demo` as in a terminal with colours. */
import { root } from "@baton/demo/child-process";

export interface DemoInTerminal extends AsyncDisposable {
  /** Its output, without the carriage returns of a terminal. */
  output(): string;
  /** Resolves when everything is printed and it keeps running. @throws Error when it ends before. */
  readonly up: Promise<void>;
}

export const columns = 104;

/** The last line before it waits for Ctrl+C. */
const lastLine = "/search  the traces";

/** The ports are those of the documentation, without the variables of the environment. A taken port is an error. */
export function startDemo(): DemoInTerminal {
  const decoder = new TextDecoder();
  const up = Promise.withResolvers<void>();
  let text = "";
  const child = Bun.spawn([process.execPath, "run", "demo"], {
    cwd: root,
    env: usualEnvironment(),
    terminal: {
      cols: columns,
      rows: 50,
      data: (_, data) => {
        text += decoder.decode(data, { stream: true }).replaceAll("\r", "");
        if (text.includes(lastLine)) up.resolve();
      },
    },
  });
  void child.exited.then(() => up.reject(new Error(`the demo ended:\n${text}`)));
  return {
    output: () => text,
    up: up.promise.then(() => {
      const other = /^.*(?:is taken|answers already).*$/m.exec(Bun.stripANSI(text))?.[0];
      if (other !== undefined) throw new Error(`The pictures show the usual ports, but:${other}`);
    }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

function usualEnvironment(): Readonly<Record<string, string | undefined>> {
  const { NO_COLOR, BATON_QUERY_URL, OTEL_EXPORTER_OTLP_ENDPOINT, ...env } = process.env;
  const own = Object.entries(env).filter(([name]) => !/^(FRONT|BACK|VIEWER(_OTLP_(HTTP|GRPC))?)_PORT$/.test(name));
  return { ...Object.fromEntries(own), TERM: "xterm-256color" };
}
