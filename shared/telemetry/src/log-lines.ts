/** JSON lines by pino, in this process: no worker thread, so that bundling leaves nothing behind. */
import type { DestinationStream, Logger, LoggerOptions } from "pino";
import { standardOutput } from "./standard-output.ts";

export type LineLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Besides what is given: the level by name, an ISO time, and the service. */
export function createLineLogger(
  service: string,
  options: LoggerOptions = {},
  destination: DestinationStream = standardOutput(),
): Logger {
  // Loaded with the first logger: it takes eight milliseconds, and whoever logs in another way needs it never.
  const { pino, stdTimeFunctions }: typeof import("pino") = require("pino");
  return pino(
    {
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      ...options,
      formatters: { level: (label) => ({ level: label }), ...options.formatters },
    },
    {
      write: (line) => {
        try {
          destination.write(line);
        } catch {
          // A log line is never worth a request.
        }
      },
    },
  );
}
