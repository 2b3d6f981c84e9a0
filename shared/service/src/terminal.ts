/** Log lines for a person at a terminal, in place of JSON. */

export interface Terminal {
  /** Takes a log line in JSON, as pino writes it. */
  write(line: string): void;
  /** Takes what telemetry reports about itself. */
  report(level: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * @param service The name in front of each line.
 * @returns `undefined` where the output is a pipe or a file: a program reads that, and gets JSON.
 */
export function terminalOf(service: string, output: Output): Terminal | undefined {
  if (!output.isTTY) return undefined;
  const print = (level: string, message: string) => {
    output.write(`${service}  ${level === "info" ? "" : `${level}: `}${message}\n`);
  };
  return {
    write(line) {
      const { level, msg, err } = JSON.parse(line) as LogLine;
      print(level, err?.stack === undefined ? msg : `${msg}\n${err.stack}`);
    },
    report(level, message, fields) {
      // Not the line with the configuration: the service itself says where its traces go.
      if (fields?.propagators === undefined) print(level, message);
    },
  };
}

interface Output {
  readonly isTTY: boolean;
  write(text: string): unknown;
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly err?: { readonly stack?: string };
}
