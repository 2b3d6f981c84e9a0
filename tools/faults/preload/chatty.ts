/** A service that logs 10 MB in a second with the package's own logger. */

import { createLogger, telemetryFrom } from "@baton/telemetry";
import { trace } from "@opentelemetry/api";
import { reportAtEnd } from "./report.ts";

const TICK_MS = 50;
const log = createLogger(telemetryFrom({ serviceName: "chatty", tracerProvider: trace.getTracerProvider() }));
const text = "x".repeat(10_000);
/** Lines that the disk has refused, or that wait for a reader. */
let missing = 0;
setInterval(() => {
  for (let line = 0; line < 50; line++) log.info({ text }, "a long line");
  missing += 1;
  process.stdout.write("{}\n", (error) => {
    if (!error) missing -= 1;
  });
}, TICK_MS).unref();
// Where standard output is read, the lines of a second can be under way.
reportAtEnd(() => Math.max(0, missing - 1000 / TICK_MS));
