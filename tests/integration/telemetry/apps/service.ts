/** A service as small as one can be: ends spans, says that it is ready, and flushes on a signal. */
import { createLogger, startTelemetry } from "@baton/telemetry";

const [spans = "5", shutdownTimeoutMs = "3000"] = process.argv.slice(2);
const telemetry = startTelemetry({ serviceName: "app", shutdownTimeoutMs: Number(shutdownTimeoutMs) });
const logger = createLogger(telemetry);

process.on("SIGTERM", async () => {
  await telemetry.shutdown();
  process.exit(0);
});
process.on("unhandledRejection", () => process.exit(70));

for (let count = 0; count < Number(spans); count += 1) telemetry.tracer.startSpan(`span ${count}`).end();
logger.info("ready");
// Holds the process, as a server would.
setInterval(() => {}, 60_000);
