/** A service that logs 10 MB in a second with the package's own logger. */

import { createLogger, telemetryFrom } from "@baton/telemetry";
import { trace } from "@opentelemetry/api";

const log = createLogger(telemetryFrom({ serviceName: "chatty", tracerProvider: trace.getTracerProvider() }));
const text = "x".repeat(10_000);
setInterval(() => {
  for (let line = 0; line < 50; line++) log.info({ text }, "a long line");
}, 50).unref();
