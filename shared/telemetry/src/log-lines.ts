/** JSON lines on standard output, by pino, in this process: no worker thread, so that bundling leaves nothing behind. */
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from "pino";

export type LineLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Besides what is given: the level by name, an ISO time, and the service. */
export function createLineLogger(
  service: string,
  options: LoggerOptions = {},
  destination: DestinationStream = standardOutput(),
): Logger {
  return pino(
    {
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      ...options,
      formatters: { level: (label) => ({ level: label }), ...options.formatters },
    },
    destination,
  );
}

let output: DestinationStream | undefined;

/** One for the process. A reader that went away, or a full disk, costs the lines and nothing else. */
function standardOutput(): DestinationStream {
  if (output === undefined) {
    process.stdout.on("error", () => {});
    output = {
      write: (line) => {
        try {
          process.stdout.write(line);
        } catch {
          // A log line is never worth a request.
        }
      },
    };
  }
  return output;
}
